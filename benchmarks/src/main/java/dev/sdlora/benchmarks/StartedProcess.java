package dev.sdlora.benchmarks;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.network.vae.VaePacking;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The process that {@link StartBenchmark} starts: does one task and prints how long it took. */
final class StartedProcess {
  /**
   * Reads all bytes of the file as float16 numbers, in pieces with one thread per processor, and
   * converts them to new memory. The start of the process does not count.
   */
  static final String FLOOR = "floor";

  /** The floor's figure, which others are compared with. */
  static final String CONVERTED = "read and converted";

  /** Opens a pipeline as programs do, measured from the start of the process. */
  static final String READY = "ready";

  /** Opens the parts of a pipeline one after another, measured separately. */
  static final String STAGES = "stages";

  /** All tasks. */
  static final List<String> WORKS = List.of(FLOOR, READY, STAGES);

  private final Path checkpoint;
  private final boolean half;
  private long since;

  private StartedProcess(Path checkpoint, boolean half) {
    this.checkpoint = checkpoint;
    this.half = half;
  }

  /**
   * Runs one task: {@code WORK CHECKPOINT BITS START}.
   *
   * @param args the last one is the start time of the process, in milliseconds
   */
  public static void main(String[] args) throws IOException {
    double jvm = (System.currentTimeMillis() - Long.parseLong(args[3])) / 1e3;
    StartedProcess process = new StartedProcess(Path.of(args[1]), args[2].equals("16"));
    process.since = System.nanoTime();
    switch (args[0]) {
      case FLOOR -> process.floor();
      case READY -> process.ready(jvm);
      case STAGES -> process.stages(jvm);
      default -> throw new IllegalArgumentException("no work " + args[0]);
    }
    // Exit without freeing memory.
    Runtime.getRuntime().halt(0);
  }

  private void ready(double jvm) {
    Pipeline.warmUp();
    Pipeline.builder()
        .checkpoint(Checkpoint.open(checkpoint))
        .precision(half ? Precision.BFLOAT16 : Precision.FLOAT32)
        .build();
    print("from the start of the process", jvm + lap());
  }

  private void stages(double jvm) {
    print("JVM", jvm);
    UNetFiles files = CheckpointReader.read(checkpoint);
    print("header", lap());
    Torch torch = Torch.open("cpu");
    print("libtorch", lap());
    TensorLoader loader = new TensorLoader(torch);
    List<TextEncoder> encoders =
        files.textEncoders().stream()
            .map(
                part ->
                    new TextEncoder(
                        torch,
                        part.config(),
                        LiveWeights.unread(torch, loader, part.weights(), type())))
            .toList();
    LiveWeights decoder =
        LiveWeights.unread(
            torch,
            loader,
            VaeConfig.half(files.vae().weights(), false),
            type(),
            Packer.isSupported(torch, type())
                ? VaeConfig.half(VaePacking.of(files.vae().config()), false)
                : Map.of());
    Vae vae = new Vae(torch, files.vae().config(), decoder);
    UNet unet =
        new UNet(
            torch,
            files.unet().config(),
            LiveWeights.unread(
                torch,
                loader,
                files.unet().weights(),
                type(),
                FullModelPatchBenchmark.packings(torch, files, type())));
    print("programs", lap());
    encoders.forEach(encoder -> encoder.weights().read());
    print("text encoders", lap());
    vae.decoderWeights().read();
    print("decoder of the VAE, packed", lap());
    unet.weights().read();
    print("U-Net, packed", lap());
  }

  private void floor() throws IOException {
    try (Torch torch = Torch.open("cpu")) {
      print(CONVERTED, new ReadingFloor(torch).seconds(checkpoint, Files.size(checkpoint), type()));
    }
  }

  private ScalarType type() {
    return half ? ScalarType.BFLOAT16 : ScalarType.FLOAT32;
  }

  /** Returns the seconds since the last call. */
  private double lap() {
    long before = since;
    since = System.nanoTime();
    return (since - before) / 1e9;
  }

  private static void print(String name, double seconds) {
    System.out.println(name + '\t' + String.format(Locale.ROOT, "%.3f", seconds));
  }
}
