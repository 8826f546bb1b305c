/**
 * The warehouse: Delta tables by path and version, the run ledger, and the one pointer that
 * publishes a run.
 */
package needle.pipelines.lake;
