/** Tests of OpenAI's API. */
@NullMarked
package dev.sdlora.server.openai;

import org.jspecify.annotations.NullMarked;
