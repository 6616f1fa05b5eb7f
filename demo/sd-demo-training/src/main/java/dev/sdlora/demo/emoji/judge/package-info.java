/**
 * Says what images of drawings show, and how often that is what was asked for.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What the demo model is asked, how images of drawings are judged: {@code demo.emoji.judge}:
 *       {@code Questions}, {@code Scores}; {@code SeenGround} and {@code Cutter} find things,
 *       {@code NounClassifier} says what they are.
 * </ul>
 */
@NullMarked
package dev.sdlora.demo.emoji.judge;

import org.jspecify.annotations.NullMarked;
