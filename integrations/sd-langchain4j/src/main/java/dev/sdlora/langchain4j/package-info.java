/**
 * Pipelines as image models of langchain4j.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Masks, metadata and errors in langchain4j's words: {@code langchain4j.GivenImages}, {@code
 *       Answers}, {@code Failures}.
 * </ul>
 */
@NullMarked
package dev.sdlora.langchain4j;

import org.jspecify.annotations.NullMarked;
