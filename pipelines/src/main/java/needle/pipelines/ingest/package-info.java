/** From delivered files to bronze tables, with every record accounted for. */
package needle.pipelines.ingest;
