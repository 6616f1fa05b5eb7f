package dev.sdlora.pipeline.request;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.memory.MemoryNeed;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.families.network.vae.TinyDecoderConfig;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.natives.Natives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Draws one image and prints the increase of the process's peak memory, together with the estimate.
 * Runs in a separate JVM whose heap is resident from the start ({@code -XX:+AlwaysPreTouch -Xms2g
 * -Xmx2g}), so that only native memory is measured; Linux only.
 *
 * <p>Arguments: a checkpoint, a precision, width, height, and the number of steps, or 0 to only
 * decode a latent; then any of {@code controlnets=2}, {@code cfg=1}, {@code taesd=8} (its width),
 * {@code upscale=2}, {@code lora=file}, {@code first} to skip the warm-up image, and {@code again}
 * to measure the second of two equal requests, without returning what the first freed. The
 * ControlNets, TAESD and the upscaler, which has the sizes of ESRGAN, are random.
 */
public final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private PeakMemory() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("peak-memory");
    Path checkpoint = Path.of(args[0]);
    ImageSize size = new ImageSize(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    Pipeline.Builder builder =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(checkpoint))
            .precision(Precision.valueOf(args[1]));
    PromptSpec.Builder spec =
        PromptSpec.builder().prompt("a cat").negativePrompt("ugly").seed(1).images(1);
    int controlNets = 0;
    boolean first = false;
    boolean again = false;
    for (String option : Arrays.asList(args).subList(5, args.length)) {
      String value = option.substring(option.indexOf('=') + 1);
      if (option.startsWith("controlnets=")) {
        controlNets = Integer.parseInt(value);
      } else if (option.startsWith("cfg=")) {
        spec.cfgScale(Double.parseDouble(value));
      } else if (option.startsWith("taesd=")) {
        builder.previewDecoder(tinyDecoder(folder, Integer.parseInt(value)));
        spec.finalDecoder(FinalDecoder.TAESD);
      } else if (option.equals("first")) {
        first = true;
      } else if (option.equals("again")) {
        again = true;
      } else if (option.startsWith("upscale=")) {
        double scale = Double.parseDouble(value);
        spec.upscaling(Upscaler.of(upscaler(folder)), scale);
      } else {
        Path lora = Path.of(value).toAbsolutePath();
        String name = lora.getFileName().toString().replace(".safetensors", "");
        spec.prompt("a cat <lora:" + name + ":0.8>");
        builder.loraDirectory(Objects.requireNonNull(lora.getParent()));
      }
    }
    for (int i = 0; i < controlNets; i++) {
      Path file = controlNet(checkpoint, folder.resolve("control" + i + ".safetensors"));
      builder.controlNet(file);
      spec.controlUnit(ControlUnit.builder(file, TinyPipeline.image(64, 64)).build());
    }
    try (Pipeline pipeline = builder.build()) {
      int steps = Integer.parseInt(args[4]);
      PromptSpec request = spec.size(size).steps(Math.max(1, steps)).build();
      if (again) {
        pipeline.generate(request);
      } else if (!first) {
        // Loads code, threads and small buffers.
        pipeline.generate(request.toBuilder().size(64, 64).steps(2).build());
      }
      if (!again) {
        // Memory freed by an earlier request would hide allocations of this one.
        Natives.returnFreedMemory();
      }
      measure(pipeline, request, size, steps > 0, first);
    }
  }

  private static void measure(
      Pipeline pipeline, PromptSpec spec, ImageSize size, boolean all, boolean first) {
    Model model = TinyPipeline.model(pipeline);
    RequestMemory memory = new RequestMemory(model, spec, Optional.empty(), size);
    double once = first ? model.memory().budget().first() : 0;
    MemoryNeed need =
        memory.need(true).beyond((double) Natives.freedBytes()).and(new MemoryNeed(once, 0));
    long before = read("VmRSS:");
    long start = System.nanoTime();
    Phases phases = new Phases(before);
    if (all) {
      pipeline.generate(spec, phases);
    } else {
      decode(model, spec, size);
      phases.decodeEnd(0);
    }
    double most = Arrays.stream(phases.peaks).max().orElseThrow();
    System.out.println(
        String.format(
            Locale.ROOT,
            "estimate %.0f peak %.0f ratio %.2f sampling %.0f of %.0f decode %.0f after %.0f heap"
                + " %.0f seconds %d",
            need.nativeBytes() / 1e6,
            most / 1e6,
            need.nativeBytes() / most,
            memory.sampling().nativeBytes() / 1e6,
            phases.peaks[0] / 1e6,
            phases.peaks[1] / 1e6,
            phases.peaks[2] / 1e6,
            need.heapBytes() / 1e6,
            (System.nanoTime() - start) / 1_000_000_000));
  }

  private static void decode(Model model, PromptSpec spec, ImageSize size) {
    int channels = model.networks().vae().config().latentChannels();
    float[] latent = new float[channels * size.height() / 8 * size.width() / 8];
    try (NDManager scope = model.networks().torch().scope()) {
      model.memory().withVae(spec, size, vae -> vae.decode(latent, size, scope));
    }
  }

  /** Records the peaks during sampling, during decoding, and afterwards. */
  private static final class Phases implements GenerationListener {
    private final double[] peaks = new double[3];
    private final long before;

    Phases(long before) {
      this.before = before;
      reset();
    }

    @Override
    public void decodeStart(int index) {
      end(0);
    }

    @Override
    public void decodeEnd(int index) {
      end(1);
    }

    @Override
    public void imageEnd(int index, GeneratedImage image) {
      end(2);
    }

    private void end(int phase) {
      peaks[phase] = read("VmHWM:") - before;
      reset();
    }

    /** Resets the peak to the current resident memory. */
    private static void reset() {
      try {
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Returns a value in bytes from the kernel's statistics of this process. */
  private static long read(String name) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path controlNet(Path checkpoint, Path file) {
    ControlNetConfig config =
        new ControlNetConfig(
            CheckpointReader.read(checkpoint).unet().config(), List.of(16, 32, 96, 256));
    return new RandomWeights(config.weights(), 3).write(file, name -> name);
  }

  private static Path tinyDecoder(Path folder, int width) {
    TinyDecoderConfig config = new TinyDecoderConfig(4, width, TinyDecoderConfig.BLOCKS);
    return new RandomWeights(config.weights(), 7)
        .write(folder.resolve("taesd_decoder.safetensors"), name -> name);
  }

  private static Path upscaler(Path folder) {
    return new RandomWeights(new RrdbConfig(64, 32, 2, 1, 2).weights(), 5)
        .write(folder.resolve("4x-Random.safetensors"), name -> name);
  }
}
