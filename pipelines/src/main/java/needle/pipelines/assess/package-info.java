/** How good and how fast Needle is, measured on simulated companies whose truth is known. */
package needle.pipelines.assess;
