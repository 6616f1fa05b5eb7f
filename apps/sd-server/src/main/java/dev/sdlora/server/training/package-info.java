/** LoRAs that are trained over HTTP: what is asked, how it goes, where files come to lie. */
@NullMarked
package dev.sdlora.server.training;

import org.jspecify.annotations.NullMarked;
