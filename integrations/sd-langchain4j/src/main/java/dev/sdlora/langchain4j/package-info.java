/** Pipelines as image models of langchain4j. */
@NullMarked
package dev.sdlora.langchain4j;

import org.jspecify.annotations.NullMarked;
