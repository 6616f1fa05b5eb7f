/**
 * The text level of the prompt language of AUTOMATIC1111's WebUI: tags for extra networks, then
 * weights in brackets. Each rule is one pass that takes a text and returns values; nothing here
 * depends on tokens or networks.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The meaning of a prompt: {@code prompt.grammar}, with one pass over the text for each part
 *       of the language.
 * </ul>
 */
@NullMarked
package dev.sdlora.prompt.grammar;

import org.jspecify.annotations.NullMarked;
