/**
 * The course of training the bundled model: {@code TrainEmojiModel} runs {@code AutoencoderStage},
 * {@code TextEncoderStage} with {@code Cells}, {@code DenoiserStage}, {@code DecoderStage} and
 * {@code EmojiLoraStage}, with states in {@code StageState}.
 */
@NullMarked
package dev.sdlora.demo.emoji.stage;

import org.jspecify.annotations.NullMarked;
