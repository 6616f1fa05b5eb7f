/**
 * Image batches on many machines with Apache Spark.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Input rows: {@code spark.RequestRows}, {@code ReadRequests}; duplicate requests: {@code
 *       OncePerId}; the work of a task: {@code DrawRequests}; models shared in an executor: {@code
 *       ExecutorDrawers}; storage of images: {@code ImageStore}, tested with random kills by {@code
 *       KillExecutors}.
 * </ul>
 */
@NullMarked
package dev.sdlora.spark;

import org.jspecify.annotations.NullMarked;
