/**
 * Recognises what images of drawings show, and counts how often it matches the prompts.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Test prompts of the demo model, judging of images of drawings: {@code demo.emoji.judge}:
 *       {@code Questions}, {@code Scores}; {@code SeenGround} and {@code Cutter} find things,
 *       {@code NounClassifier} identifies them.
 * </ul>
 */
@NullMarked
package dev.sdlora.demo.emoji.judge;

import org.jspecify.annotations.NullMarked;
