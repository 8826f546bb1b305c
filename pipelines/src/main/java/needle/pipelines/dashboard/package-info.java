/** The published gold tables as one self-contained page. */
package needle.pipelines.dashboard;
