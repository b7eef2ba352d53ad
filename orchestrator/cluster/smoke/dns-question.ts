import { streamDecode, streamEncode } from 'dns-packet';

/** A question for the IPv4 addresses of a name, as it goes over TCP (RFC 1035, 4.2.2). */
export function dnsQuestion(name: string): Uint8Array {
  return streamEncode({
    ...{ type: 'query', id: 1, flags: 0x100 },
    questions: [{ type: 'A', name }],
  });
}

/** Whether all of an answer is there: its length comes first. */
export function isWholeAnswer(bytes: Buffer): boolean {
  return bytes.length >= 2 && bytes.length >= bytes.readUInt16BE(0) + 2;
}

/** The addresses in an answer, or in words why there are none. */
export function addressesIn(bytes: Buffer): readonly string[] | { readonly why: string } {
  let answer: ReturnType<typeof streamDecode> & { readonly rcode?: string };
  try {
    answer = streamDecode(bytes);
  } catch {
    return { why: 'it answers with what is no DNS' };
  }
  const addresses = (answer.answers ?? []).flatMap((each) => (each.type === 'A' ? [each.data] : []));
  return addresses.length > 0
    ? addresses
    : { why: `it answers ${answer.rcode ?? 'nothing'}, and no address` };
}
