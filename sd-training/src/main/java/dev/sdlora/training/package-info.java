/**
 * LoRA training: {@link dev.sdlora.training.LoraTrainer} trains a LoRA file from images with
 * captions or from prompts, using the same networks as generation.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Default settings of a training run: {@code training.Recommendation}.
 *   <li>The layers that a training run changes: {@code recipe.AdapterSettings}, and {@code
 *       step.FlowLayers} for transformers.
 *   <li>A kind of change: {@code option.AdapterKind}, {@code adapter.FactorLayout}, and the formula
 *       in {@code step/adapted_layers.torchscript.py}.
 *   <li>An optimiser: {@code option.OptimiserKind}, {@code recipe.Recipe.optimiser}, and the
 *       package {@code training.step}.
 *   <li>Differences between model families: {@code family.TrainedFamily}, which {@code
 *       UNetTraining} and {@code FlowTraining} implement.
 *   <li>The plan: {@code training.Planner}, with memory and time by {@code family.StepEstimate};
 *       the report: {@code RunReport}, with pages and charts of the package {@code
 *       training.report}.
 *   <li>An option of a training run: a row of {@code setting.TrainingSettings}, its setter in
 *       {@code LoraTrainerBuilder}, {@code Assembly}; also {@code recipe.Recipe} and {@code
 *       Fingerprint} if it affects the result.
 *   <li>Sliders that are trained on prompts: {@code training.SliderTraining} and the package {@code
 *       training.slider}.
 * </ul>
 */
@NullMarked
package dev.sdlora.training;

import org.jspecify.annotations.NullMarked;
