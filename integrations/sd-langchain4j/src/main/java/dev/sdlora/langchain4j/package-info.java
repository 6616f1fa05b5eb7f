/**
 * Pipelines as image models of langchain4j.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Conversion of masks, metadata and errors to langchain4j: {@code langchain4j.GivenImages},
 *       {@code Responses}, {@code ErrorConverter}.
 * </ul>
 */
@NullMarked
package dev.sdlora.langchain4j;

import org.jspecify.annotations.NullMarked;
