/** The LoRAs that there are: lists by pages, cards, what is known of one. */
@NullMarked
package dev.sdlora.server.loras;

import org.jspecify.annotations.NullMarked;
