/**
 * What a write came to where its condition did not hold, or another write was in its way (409). A write whose answer was lost is sent
 * again, and finds itself there: whoever gets this has to look.
 */
export async function orConflict<T>(write: () => Promise<T>): Promise<T | 'conflict'> {
  try {
    return await write();
  } catch (error) {
    const { name, $metadata } = error as {
      readonly name?: unknown;
      readonly $metadata?: { httpStatusCode?: number };
    };
    const isConflict = [409, 412].includes($metadata?.httpStatusCode ?? 0);
    if (isConflict || name === 'NoSuchUpload' || name === 'NoSuchKey') return 'conflict';
    throw error;
  }
}
