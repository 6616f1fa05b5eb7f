/** Image generation in langchain4j applications. */
@NullMarked
package dev.sdlora.examples.langchain4j;

import org.jspecify.annotations.NullMarked;
