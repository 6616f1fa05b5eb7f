/**
 * Training data of the bundled model: scenes composed of drawings from free emoji sets, with
 * captions.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What the demo model learns from: nouns and their drawings, scenes of them, captions; its
 *       stages; then train again as docs/evidence/demo-model.md says: {@code demo.emoji.Nouns},
 *       {@code Drawings}; {@code DrawnScene}, {@code DrawnCaptions}; {@code AutoencoderStage},
 *       {@code TextEncoderStage} with {@code Cells}, {@code DenoiserStage}, {@code DecoderStage},
 *       {@code EmojiLoraStage}; {@code StageState}; trained by {@code demo.scratch}, where {@code
 *       PlaceCodes} are what a U-Net is asked beside the noise, {@code SharedGradients} are batches
 *       on several threads, and {@code CheckpointWriter} reads what it wrote.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.sdlora.demo.emoji;
