/** Tests with the bundled model. */
@NullMarked
package dev.sdlora.langchain4j;

import org.jspecify.annotations.NullMarked;
