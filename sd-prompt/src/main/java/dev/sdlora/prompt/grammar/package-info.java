/**
 * The prompt language of AUTOMATIC1111's WebUI as text alone: tags for extra networks, then weights
 * in brackets. Each rule is one pass that takes a text and gives values; nothing here knows of
 * tokens or networks.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What a prompt means: {@code prompt.grammar}; a pass over the text for each part of the
 *       language.
 * </ul>
 */
@NullMarked
package dev.sdlora.prompt.grammar;

import org.jspecify.annotations.NullMarked;
