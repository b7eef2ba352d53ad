/** What `vulns` calls its page. */
export const vulnerabilitiesPage = 'vulnerabilities.html';

/** What `vulns` calls what it says in OpenVEX. */
export const vexFile = 'vulnerabilities.openvex.json';

/** Where `attest` puts statements, in the folder of the report. */
export const statementsFolder = 'statements';
