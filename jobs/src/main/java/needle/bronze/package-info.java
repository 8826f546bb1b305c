/**
 * What silver reads of each extract as it was delivered; the extracts themselves are declared in
 * pipelines/contracts.
 */
package needle.bronze;
