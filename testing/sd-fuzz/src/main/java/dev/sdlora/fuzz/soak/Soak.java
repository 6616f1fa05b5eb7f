package dev.sdlora.fuzz.soak;

import static dev.sdlora.fuzz.soak.RandomFiles.Kind.FULL;
import static dev.sdlora.fuzz.soak.RandomFiles.Kind.LOHA;
import static dev.sdlora.fuzz.soak.RandomFiles.Kind.LORA;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Stresses two pipelines on one random checkpoint. Callers send them random requests in batches:
 * LoRA sets, modes, sizes, listeners that throw, cancellations, files that are damaged meanwhile, a
 * full disk. After each batch the files are restored and everything must be as at the start: the
 * weights bit for bit, an image byte for byte, native arrays, file handles, threads. Resource usage
 * is written to {@code soak.csv}.
 *
 * <p>The seed determines the requests; their interleaving is left to chance.
 */
public final class Soak implements AutoCloseable {
  /** The kinds of the LoRAs. */
  private static final List<RandomFiles.Kind> KINDS = List.of(LORA, LORA, LORA, LOHA, LOHA, FULL);

  private static final int CALLERS = 4;
  private static final int REQUESTS_PER_CALLER = 6;

  /** Batches in which counts may still rise, because caches fill and threads start. */
  private static final int WARM_UP = 3;

  /**
   * The time that a cancelled request may continue after its future is done: a step, with a margin.
   */
  private static final Duration SETTLING = Duration.ofSeconds(60);

  private static final PromptSpec PROBE =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(1).build();

  private final SplittableRandom random;
  private final FileCorrupter corrupter;
  private final List<Pipeline> pipelines;
  private final List<Long> checksums = new ArrayList<>();
  private final List<byte[]> images = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final long arrays;
  private final Tally tally = new Tally();
  private final long started = System.nanoTime();

  private Soak(long seed, Path folder) throws IOException {
    random = new SplittableRandom(seed);
    Path checkpoint = folder.resolve("checkpoint.safetensors");
    Path loras = Files.createDirectories(folder.resolve("prey/loras"));
    Path embeddings = Files.createDirectories(folder.resolve("prey/embeddings"));
    RandomFiles.checkpoint(checkpoint, random.split());
    for (int i = 0; i < KINDS.size(); i++) {
      Path file = loras.resolve("lora" + i + ".safetensors");
      RandomFiles.lora(file, 4 + i, KINDS.get(i), random.split());
    }
    RandomFiles.embedding(embeddings.resolve("emb0.safetensors"), 1, random.split());
    RandomFiles.embedding(embeddings.resolve("emb1.safetensors"), 3, random.split());
    corrupter = new FileCorrupter(folder.resolve("prey"), checkpoint);
    pipelines =
        List.of(
            pipeline(checkpoint, loras, embeddings, Precision.FLOAT32, 2),
            pipeline(checkpoint, loras, embeddings, Precision.BFLOAT16, 1));
    for (Pipeline pipeline : pipelines) {
      images.add(pipeline.generate(PROBE).first().rgb());
      checksums.add(Weights.checksum(pipeline));
      // The VAE encoder is loaded by the first img2img request, and stays in memory.
      pipeline.generate(PROBE.toBuilder().imageToImage(Requests.start(random)).build());
    }
    arrays = arrays();
  }

  private static Pipeline pipeline(
      Path checkpoint, Path loras, Path embeddings, Precision precision, int concurrency) {
    return Pipeline.builder()
        .checkpoint(Checkpoint.open(checkpoint))
        .loraDirectory(loras)
        .embeddingDirectory(embeddings)
        .precision(precision)
        .concurrency(concurrency)
        .build();
  }

  /** Runs the program: {@code MINUTES SEED FOLDER}. The folder is created if it does not exist. */
  public static void main(String[] args) throws Exception {
    Duration time = Duration.ofSeconds(Math.round(60 * Double.parseDouble(args[0])));
    List<String> faults = run(time, Long.parseLong(args[1]), Path.of(args[2]));
    faults.forEach(System.err::println);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /**
   * Runs batches until the time is over.
   *
   * @param time the duration of the run
   * @param seed the random seed
   * @param folder the folder for the files
   * @return the faults found; empty if there are none
   */
  static List<String> run(Duration time, long seed, Path folder) throws Exception {
    Files.createDirectories(folder);
    try (Soak soak = new Soak(seed, folder)) {
      List<String> faults = new ArrayList<>();
      do {
        faults.addAll(soak.batch());
        Files.write(folder.resolve("soak.csv"), soak.table());
      } while (faults.isEmpty() && System.nanoTime() - soak.started < time.toNanos());
      int warm = Math.min(WARM_UP, soak.samples.size());
      faults.addAll(new Flatness(soak.samples.subList(warm, soak.samples.size())).faults());
      System.out.printf(
          "%d batches; %s; see %s%n", soak.samples.size(), soak.tally, folder.toAbsolutePath());
      return faults;
    }
  }

  private List<String> table() {
    List<String> lines = new ArrayList<>(List.of(Sample.HEADER));
    samples.forEach(sample -> lines.add(sample.row()));
    return lines;
  }

  /** Runs requests concurrently, restores the files, and checks what remains. */
  private List<String> batch() throws Exception {
    List<Future<List<String>>> callers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    corrupter.begin();
    try {
      for (int i = 0; i < CALLERS; i++) {
        Caller caller = new Caller(pipelines, corrupter, KINDS.size(), tally, random.split());
        callers.add(threads.submit(() -> caller.ask(REQUESTS_PER_CALLER)));
      }
      List<String> faults = new ArrayList<>();
      for (Future<List<String>> caller : callers) {
        faults.addAll(caller.get());
      }
      settle();
      corrupter.repair();
      faults.addAll(leftovers());
      return faults;
    } finally {
      threads.shutdownNow();
    }
  }

  private void settle() throws InterruptedException {
    long end = System.nanoTime() + SETTLING.toNanos();
    while (arrays() != arrays && System.nanoTime() < end) {
      Thread.sleep(10);
    }
  }

  /** Restores the weights with requests without LoRAs, and compares. */
  private List<String> leftovers() throws IOException {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < pipelines.size(); i++) {
      GeneratedImage image = pipelines.get(i).generate(PROBE).first();
      if (!Arrays.equals(image.rgb(), images.get(i))) {
        faults.add("pipeline %s makes another image".formatted(i));
      }
      if (Weights.checksum(pipelines.get(i)) != checksums.get(i)) {
        faults.add("the weights of pipeline %s changed".formatted(i));
      }
    }
    if (arrays() != arrays) {
      faults.add("%s native arrays, at the start %s".formatted(arrays(), arrays));
    }
    faults.addAll(FullDisk.save(pipelines.get(0).generate(PROBE).first()));
    double seconds = (System.nanoTime() - started) / 1e9;
    samples.add(
        Sample.take(
            seconds,
            tally.count(Outcome.DONE),
            tally.count(Outcome.CANCELLED),
            tally.count(Outcome.REFUSED),
            arrays()));
    return faults;
  }

  private long arrays() {
    return pipelines.stream().mapToLong(Pipeline::liveTensors).sum();
  }

  @Override
  public void close() {
    pipelines.forEach(Pipeline::close);
  }
}
