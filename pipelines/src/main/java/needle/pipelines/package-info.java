/** How jobs run: files in, Delta tables out, one command for all of it. */
package needle.pipelines;
