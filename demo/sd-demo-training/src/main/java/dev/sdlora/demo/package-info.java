/**
 * The images and captions that the bundled demo model learns from, and how its own are judged.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Plain shapes in scenes, and what is judged by geometry: {@code dev.sdlora.demo}.
 * </ul>
 */
@NullMarked
package dev.sdlora.demo;

import org.jspecify.annotations.NullMarked;
