/** What people declare in YAML, read strictly: extract contracts, KPIs and measurement plans. */
package needle.pipelines.config;
