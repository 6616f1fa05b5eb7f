/**
 * The available LoRAs: paged lists, cards, details.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The contents of a LoRA's card and lists of thousands of LoRAs: {@code LoraView}, {@code
 *       Thumbnails} and {@code RecentLoras} in {@code server.loras}; on the page: {@code
 *       studio/loras}, {@code studio/core/virtual-list.js}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.loras;

import org.jspecify.annotations.NullMarked;
