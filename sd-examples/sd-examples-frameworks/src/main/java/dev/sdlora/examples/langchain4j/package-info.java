/** Images where langchain4j is. */
@NullMarked
package dev.sdlora.examples.langchain4j;

import org.jspecify.annotations.NullMarked;
