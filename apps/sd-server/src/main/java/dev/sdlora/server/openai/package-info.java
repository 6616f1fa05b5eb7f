/** OpenAI's images API, {@code /v1/images}. */
@NullMarked
package dev.sdlora.server.openai;

import org.jspecify.annotations.NullMarked;
