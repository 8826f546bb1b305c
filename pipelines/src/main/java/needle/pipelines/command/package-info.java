/** The verbs of the {@code needle} command. */
package needle.pipelines.command;
