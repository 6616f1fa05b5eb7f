package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.DenoisingProgram;
import dev.sdlora.training.step.JointNames;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Trains a U-Net, by default from scratch, on latents with captions that a fixed text encoder
 * reads. Not safe for use by several threads.
 */
public final class DenoiserTrainer implements ScratchTrainer {
  /**
   * The strength of noise that is constant over the whole latent, and over each of its 4×4 parts,
   * added to the noise of single positions. Without it, the mean of a noisy latent shows the colour
   * of the ground even at the last timestep, and the network never learns to take it from the text.
   */
  private static final double WHOLE_NOISE = 0.35;

  private static final double PART_NOISE = 0.2;
  private static final int PARTS = 4;

  private final Torch torch = Torch.open("cpu");
  private final NoiseLevels levels = NoiseLevels.stableDiffusion();
  private final DenoisingProgram program;
  private final ScratchWeights weights;

  /** The weights that steps change in place, and those of the text encoder. */
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();

  private final long seed;
  private final SharedGradients shared;
  private final @Nullable Sketcher sketcher;

  private final int channels;

  /**
   * Settings of the computation.
   *
   * @param format the dtype of products: float32, or bfloat16, which is faster with hardware
   *     support
   * @param threads the number of threads that share each batch
   * @param sketcher predicts latents from texts; if present, the network also learns the location
   *     of each latent position and what its text says about it
   */
  public record Settings(ScalarType format, int threads, @Nullable Sketcher sketcher) {
    /** Float32 on one thread, learning only to denoise. */
    public static final Settings PLAIN = new Settings(ScalarType.FLOAT32, 1, null);
  }

  /**
   * Predicts the latents of images from texts alone; may be called from several threads at once.
   */
  public interface Sketcher {
    /**
     * Returns the latents that texts describe.
     *
     * @param ids token ids, [batch][77]
     * @return [batch][4][side][side], at unit variance
     */
    float[] latents(int[][] ids);
  }

  /**
   * The timesteps that a step samples, and the weights of their errors. A timestep weighs σ²,
   * within bounds, which turns the error of the noise into the error of the image. Colours and
   * places are decided at high noise levels, where an error of the image hardly shows in the noise;
   * outlines are decided later.
   *
   * @param leastTime lower timesteps are not sampled; 0 for all
   * @param lateness above 1 if late timesteps, with high noise, are more frequent: their number is
   *     a uniform one to the power of 1 / lateness
   * @param leastImportance the minimum weight of a timestep
   * @param mostImportance the maximum weight of a timestep
   */
  public record Emphasis(
      int leastTime, double lateness, double leastImportance, double mostImportance) {}

  /**
   * Creates a trainer at its start.
   *
   * @param clip the dimensions of the text encoder
   * @param text the weights of the text encoder
   * @param unet the dimensions of the U-Net
   * @param settings the settings of the computation
   * @param seed the seed of the initial weights, all noise and all timesteps
   */
  public DenoiserTrainer(
      ClipConfig clip, Map<String, float[]> text, UNetConfig unet, Settings settings, long seed) {
    this.seed = seed;
    this.sketcher = settings.sketcher();
    this.channels = unet.outChannels();
    this.shared = new SharedGradients(settings.threads());
    UNetConfig taught =
        sketcher == null ? unet : unet.withOutChannels(TaughtOutputs.count(channels));
    this.program =
        new DenoisingProgram(
            torch,
            taught,
            List.of(clip),
            1,
            new DenoisingProgram.Computation(settings.format(), false));
    clip.weights()
        .forEach(
            (name, shape) -> {
              float[] values = Objects.requireNonNull(text.get(name), name);
              long[] sides = new Shape(shape).getShape();
              tensors.put(
                  JointNames.of(Network.TEXT_ENCODER, name),
                  Torch.floats(torch.manager(), values, sides));
            });
    this.weights =
        new ScratchWeights(torch, taught.weights(), new AdamW.Settings(0.99, 0.01, 1), seed);
    tensors.putAll(weights.weights());
  }

  /** Starts from the weights of a trained U-Net, for full fine-tuning. */
  public void startFrom(Map<String, float[]> unet) {
    weights.startFrom(unet);
  }

  @Override
  public int step() {
    return weights.step();
  }

  /**
   * Runs a step.
   *
   * @param latents [batch][4][side][side], at unit variance
   * @param ids token ids, [batch][77]
   * @param side the side of a latent
   * @param emphasis the timesteps to sample
   * @param learningRate the learning rate of this step
   * @return the loss
   */
  public double step(
      float[] latents, int[][] ids, int side, Emphasis emphasis, double learningRate) {
    float[] noise = noise(latents.length, side, step());
    Batch batch = noisy(latents, noise, times(ids.length, emphasis), emphasis, side);
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> gradients =
          shared.of(
              ids.length,
              (from, to) ->
                  gradients(part(batch, from, to), Arrays.copyOfRange(ids, from, to), side, scope));
      double loss = Objects.requireNonNull(gradients.get("loss")).getFloat();
      weights.update(gradients, learningRate);
      return loss;
    }
  }

  private static Batch part(Batch batch, int from, int to) {
    int elements = batch.noisy().length / batch.times().length;
    return new Batch(
        Arrays.copyOfRange(batch.noisy(), from * elements, to * elements),
        Arrays.copyOfRange(batch.times(), from, to),
        Arrays.copyOfRange(batch.target(), from * elements, to * elements),
        Arrays.copyOfRange(batch.importance(), from, to),
        Arrays.copyOfRange(batch.strengths(), from, to),
        List.of(),
        List.of(),
        batch.rows(),
        batch.mask(),
        batch.deltas());
  }

  private Map<String, NDArray> gradients(Batch batch, int[][] ids, int side, NDManager scope) {
    Batch taught =
        sketcher == null ? batch : TaughtOutputs.behind(batch, sketcher.latents(ids), side);
    return program.gradients(taught, tokens(ids, scope), new float[0], tensors, scope);
  }

  /**
   * Returns the error of the noise and of all additional outputs at one timestep, with the latest
   * weights, not their average; the noise is the same in each call.
   *
   * @param latents [batch][4][side][side], at unit variance
   * @param ids token ids, [batch][77]
   * @param side the side of a latent
   * @param time 0 to 999
   */
  public double error(float[] latents, int[][] ids, int side, int time) {
    try (NDManager scope = torch.scope()) {
      int[] times = new int[ids.length];
      Arrays.fill(times, time);
      Batch batch =
          noisy(latents, noise(latents.length, side, -1), times, new Emphasis(0, 1, 1, 1), side);
      Map<String, NDArray> gradients = gradients(batch, ids, side, scope);
      return Objects.requireNonNull(gradients.get("loss")).getFloat();
    }
  }

  private Batch noisy(float[] latents, float[] noise, int[] times, Emphasis emphasis, int side) {
    float[] noisy = new float[latents.length];
    float[] t = new float[times.length];
    float[] importance = new float[times.length];
    float[] strengths = new float[times.length]; // no LoRA
    int elements = latents.length / times.length;
    for (int i = 0; i < times.length; i++) {
      double signal = levels.alphaCumprod(times[i]);
      t[i] = times[i];
      double variance = (1 - signal) / signal;
      importance[i] =
          (float)
              Math.max(emphasis.leastImportance(), Math.min(emphasis.mostImportance(), variance));
      for (int j = i * elements; j < (i + 1) * elements; j++) {
        noisy[j] = (float) (Math.sqrt(signal) * latents[j] + Math.sqrt(1 - signal) * noise[j]);
      }
    }
    return new Batch(
        noisy,
        t,
        noise,
        importance,
        strengths,
        List.of(),
        List.of(),
        side,
        new float[0],
        new float[0]);
  }

  private float[] noise(int elements, int side, int number) {
    NoiseSource source = Noise.of(Rng.CPU, seed * 1_000_003 + number);
    float[] noise = source.next(elements);
    int planes = elements / (side * side);
    float[] whole = source.next(planes);
    float[] parts = source.next(planes * PARTS * PARTS);
    for (int i = 0; i < elements; i++) {
      int plane = i / (side * side);
      int row = i / side % side * PARTS / side;
      int column = i % side * PARTS / side;
      noise[i] +=
          (float)
              (WHOLE_NOISE * whole[plane]
                  + PART_NOISE * parts[(plane * PARTS + row) * PARTS + column]);
    }
    return noise;
  }

  /**
   * Draws one timestep from each of as many ranges as the batch has members, which stabilises the
   * loss.
   */
  private int[] times(int batch, Emphasis emphasis) {
    SplittableRandom random = new SplittableRandom(seed * 7_368_787 + step());
    int[] times = new int[batch];
    for (int i = 0; i < batch; i++) {
      double late = Math.pow((i + random.nextDouble()) / batch, 1 / emphasis.lateness());
      times[i] =
          (int) (emphasis.leastTime() + late * (levels.trainingSteps() - emphasis.leastTime()));
    }
    return times;
  }

  /** Returns the tokens, with one chunk per text. */
  private static NDArray tokens(int[][] ids, NDManager scope) {
    return TextEncoder.tokens(ids, scope).expandDims(1).expandDims(0);
  }

  @Override
  public void save(Path path) {
    weights.save(path);
  }

  @Override
  public void resume(Path path) {
    weights.resume(path);
  }

  /** Returns the averaged weights of the U-Net. */
  public Map<String, float[]> result() {
    Map<String, float[]> result = weights.result();
    if (sketcher != null) {
      for (String name : List.of("conv_out.weight", "conv_out.bias")) {
        result.computeIfPresent(name, (key, all) -> TaughtOutputs.dropped(all, channels));
      }
    }
    return result;
  }

  /** Returns the weights of the U-Net after the last step. */
  public Map<String, float[]> latest() {
    Map<String, float[]> latest = new LinkedHashMap<>();
    weights.weights().forEach((name, tensor) -> latest.put(name, tensor.toFloatArray()));
    return latest;
  }

  @Override
  public void close() {
    shared.close();
    torch.close();
  }
}
