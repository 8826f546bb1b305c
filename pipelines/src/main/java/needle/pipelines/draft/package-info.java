/** Drafts an extract contract from a sample of what the source exports. */
package needle.pipelines.draft;
