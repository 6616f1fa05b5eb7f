/**
 * The LoRAs that there are: lists by pages, cards, what is known of one.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What stands on a LoRA's card, how thousands of them are listed: {@code server.loras}:
 *       {@code LoraView}, {@code Thumbnails}; {@code RecentLoras}; the page: {@code studio/loras},
 *       {@code studio/core/virtual-list.js}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.loras;

import org.jspecify.annotations.NullMarked;
