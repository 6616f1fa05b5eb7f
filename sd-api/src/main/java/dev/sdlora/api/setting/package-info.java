/**
 * The settings of a request, defined once: {@link Settings#SPEC} lists them with their kinds,
 * ranges and meanings, and everything that reads, writes or documents settings iterates over it. A
 * new setting is a row here, next to its getter and setter. For this project's modules only.
 */
@NullMarked
package dev.sdlora.api.setting;

import org.jspecify.annotations.NullMarked;
