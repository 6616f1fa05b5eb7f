/**
 * The prompt language of AUTOMATIC1111's WebUI as text alone: tags for extra networks, then weights
 * in brackets. Each rule is one pass that takes a text and gives values; nothing here knows of
 * tokens or networks.
 */
@NullMarked
package dev.sdlora.prompt.grammar;

import org.jspecify.annotations.NullMarked;
