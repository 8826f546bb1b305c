/** Studies on any panel: what a study file asks, and what was found. */
package needle.pipelines.study;
