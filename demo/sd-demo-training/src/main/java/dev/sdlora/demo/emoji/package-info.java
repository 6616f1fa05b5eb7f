/**
 * Training data of the bundled model: scenes composed of drawings from free emoji sets, with
 * captions.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Training data of the demo model: {@code demo.emoji.Nouns} and {@code Drawings}, scenes of
 *       them in {@code DrawnScene}, captions in {@code DrawnCaptions}. Its stages: {@code
 *       demo.emoji.stage}, one class for each. The training itself: {@code demo.scratch}, where
 *       {@code PlaceCodes} are outputs that a U-Net learns in addition to the noise, {@code
 *       SharedGradients} runs batches on several threads, and {@code CheckpointWriter} verifies
 *       what it wrote. After a change, train again as described in docs/evidence/demo-model.md.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.sdlora.demo.emoji;
