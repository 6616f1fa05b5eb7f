/** Tests of OpenAI's API without a server. */
@NullMarked
package dev.sdlora.server.openai;

import org.jspecify.annotations.NullMarked;
