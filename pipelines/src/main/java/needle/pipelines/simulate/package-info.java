/**
 * A company that does not exist: its people, its training and its KPIs, delivered as the files that
 * real systems export, with the truth beside them.
 */
package needle.pipelines.simulate;
