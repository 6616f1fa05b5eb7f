/**
 * Batches drawn on many machines by Apache Spark.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Batches on Spark: rows that come in; what is one image; what a task does; what executors
 *       share; how images are kept: {@code spark.RequestRows}, {@code ReadRequests}; {@code
 *       OncePerId}; {@code DrawRequests}; {@code ExecutorDrawers}; {@code ImageStore}; killed at
 *       random by {@code KillExecutors} among the tests.
 * </ul>
 */
@NullMarked
package dev.sdlora.spark;

import org.jspecify.annotations.NullMarked;
