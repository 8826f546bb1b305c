/** Runs jobs in the order of their inputs, stages what they compute, and publishes a run as one. */
package needle.pipelines.run;
