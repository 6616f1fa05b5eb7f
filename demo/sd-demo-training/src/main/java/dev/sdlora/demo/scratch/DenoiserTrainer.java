package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Diffusion;
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
 * Trains a U-Net, from nothing unless told otherwise, on latents with captions, which a text
 * encoder that stays as it is reads. Not safe for several threads.
 */
public final class DenoiserTrainer implements ScratchTrainer {
  /**
   * Noise that is the same over the whole latent, and over each of 4×4 parts of it, added to that
   * of single positions. Without it, the mean of a noisy latent shows the colour of the ground even
   * at the last time step, and the network never learns to take it from the text.
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

  /** Channels of a latent. */
  private final int channels;

  /**
   * How a trainer computes.
   *
   * @param format of products: float32, or bfloat16, which is faster where it is built in
   * @param threads that share each batch
   * @param sketcher for texts that say what is where: the network is taught where each position of
   *     a latent is and what its text says is there
   */
  public record Settings(ScalarType format, int threads, @Nullable Sketcher sketcher) {
    /** Float32 on one thread, taught nothing but to take noise off. */
    public static final Settings PLAIN = new Settings(ScalarType.FLOAT32, 1, null);
  }

  /** What texts alone say of their images; several threads may ask at once. */
  public interface Sketcher {
    /**
     * Latents as texts say them.
     *
     * @param ids token ids, [batch][77]
     * @return [batch][4][side][side], at unit variance
     */
    float[] latents(int[][] ids);
  }

  /**
   * Which times a step looks at, and what their errors weigh. A time weighs σ², which makes the
   * error of the noise that of the image, within bounds: colours and places are decided while there
   * is much noise, where an error of the image hardly shows in the noise; outlines later.
   *
   * @param leastTime times below it are left out; 0 for all
   * @param lateness above 1 if late times, with much noise, come up more often: their number is a
   *     uniform one to the power of 1 / lateness
   * @param leastImportance the least weight of a time
   * @param mostImportance the greatest weight of a time
   */
  public record Emphasis(
      int leastTime, double lateness, double leastImportance, double mostImportance) {}

  /**
   * A trainer at its start.
   *
   * @param clip dimensions of the text encoder
   * @param text weights of the text encoder
   * @param unet dimensions of the U-Net
   * @param settings how it computes
   * @param seed what the first weights, all noise and all times are drawn from
   */
  public DenoiserTrainer(
      ClipConfig clip, Map<String, float[]> text, UNetConfig unet, Settings settings, long seed) {
    this.seed = seed;
    this.sketcher = settings.sketcher();
    this.channels = unet.outChannels();
    this.shared = new SharedGradients(settings.threads());
    UNetConfig taught =
        sketcher == null ? unet : unet.withOutChannels(TaughtOutputs.count(channels));
    this.program = new DenoisingProgram(torch, taught, List.of(clip), 1, settings.format());
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

  /** Begins at the weights of a U-Net that was trained before: a fine-tuning of all of them. */
  public void startFrom(Map<String, float[]> unet) {
    weights.startFrom(unet);
  }

  @Override
  public int step() {
    return weights.step();
  }

  /**
   * Makes a step.
   *
   * @param latents [batch][4][side][side], at unit variance
   * @param ids token ids, [batch][77]
   * @param side of a latent
   * @param emphasis on times
   * @param learningRate of this step
   * @return the loss
   */
  public double step(
      float[] latents, int[][] ids, int side, Emphasis emphasis, double learningRate) {
    float[] noise = noise(latents.length, side, step());
    Batch batch = noisy(latents, noise, times(ids.length, emphasis), emphasis);
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
        List.of());
  }

  private Map<String, NDArray> gradients(Batch batch, int[][] ids, int side, NDManager scope) {
    Batch taught =
        sketcher == null ? batch : TaughtOutputs.behind(batch, sketcher.latents(ids), side);
    return program.gradients(taught, side, tokens(ids, scope), new float[0], tensors, scope);
  }

  /**
   * The error of the noise, and of all else that is asked for, that the trained weights, not their
   * average, predict at one time; the same noise at each call.
   *
   * @param latents [batch][4][side][side], at unit variance
   * @param ids token ids, [batch][77]
   * @param side of a latent
   * @param time 0 to 999
   */
  public double error(float[] latents, int[][] ids, int side, int time) {
    try (NDManager scope = torch.scope()) {
      int[] times = new int[ids.length];
      Arrays.fill(times, time);
      Batch batch =
          noisy(latents, noise(latents.length, side, -1), times, new Emphasis(0, 1, 1, 1));
      Map<String, NDArray> gradients = gradients(batch, ids, side, scope);
      return Objects.requireNonNull(gradients.get("loss")).getFloat();
    }
  }

  private Batch noisy(float[] latents, float[] noise, int[] times, Emphasis emphasis) {
    float[] noisy = new float[latents.length];
    float[] t = new float[times.length];
    float[] importance = new float[times.length];
    float[] strengths = new float[times.length]; // there is no LoRA
    int elements = latents.length / times.length;
    for (int i = 0; i < times.length; i++) {
      double signal = levels.alphaCumprod(times[i]);
      t[i] = times[i];
      double variance = (1 - signal) / signal;
      importance[i] =
          (float)
              Math.max(emphasis.leastImportance(), Math.min(emphasis.mostImportance(), variance));
      for (int j = i * elements; j < (i + 1) * elements; j++) {
        noisy[j] = Diffusion.noisy(latents[j], noise[j], signal);
      }
    }
    return new Batch(noisy, t, noise, importance, strengths, List.of(), List.of());
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

  /** One time in each of as many ranges as there are members, which steadies the loss. */
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

  /** One chunk a text. */
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

  /** The averaged weights of the U-Net. */
  public Map<String, float[]> result() {
    Map<String, float[]> result = weights.result();
    if (sketcher != null) {
      for (String name : List.of("conv_out.weight", "conv_out.bias")) {
        result.computeIfPresent(name, (key, all) -> TaughtOutputs.dropped(all, channels));
      }
    }
    return result;
  }

  /** The weights of the U-Net as the last step left them. */
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
