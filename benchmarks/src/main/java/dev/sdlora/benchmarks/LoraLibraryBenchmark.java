package dev.sdlora.benchmarks;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures how long a new process takes to list 1,000 LoRAs, and to detect that nothing has
 * changed. The files have the names of kohya's 264 modules and the tags of 500 captions, with
 * headers of 120 KB each; their tensors are tiny because they are not read.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(5)
public class LoraLibraryBenchmark {
  private static final int FILES = 1000;
  private static final int FOLDERS = 20;
  private static final int TAGS = 500;

  /** Opens the library and lists it for the first time. */
  @Benchmark
  public List<LoraAdapter> first(Loras loras) {
    return LoraLibrary.open(loras.folder).list();
  }

  /** Lists the library again. */
  @Benchmark
  public List<LoraAdapter> again(Listed listed) {
    return listed.library.list();
  }

  /** Searches for a trigger word for the first time. */
  @Benchmark
  public List<LoraAdapter> search(Listed listed) {
    return listed.library.search(LoraQuery.ALL.withTrigger("ink"));
  }

  /** Reads the headers only. */
  @Benchmark
  public long floor(Loras loras) throws IOException {
    long bytes = 0;
    try (Stream<Path> paths = Files.walk(loras.folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(path))) {
          bytes += in.readNBytes((int) Long.reverseBytes(in.readLong())).length;
        }
      }
    }
    return bytes;
  }

  /** A thousand files in temporary folders. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init")
  public static class Loras {
    Path folder;

    /** Writes the files. */
    @Setup(Level.Trial)
    public void write() throws IOException {
      folder = Files.createTempDirectory("loras");
      String tags =
          IntStream.range(0, TAGS)
              .mapToObj(i -> "\"tag number %s\": %s".formatted(i, i))
              .collect(Collectors.joining(", ", "{\"10_x\": {", "}}"));
      for (int i = 0; i < FILES; i++) {
        Path inner = Files.createDirectories(folder.resolve("folder" + i % FOLDERS));
        SafetensorsWriter writer =
            new SafetensorsWriter()
                .metadata("ss_output_name", "alias" + i)
                .metadata("ss_base_model_version", "sd_v1")
                .metadata("ss_tag_frequency", tags);
        for (String key : WriteLora.targets(ModelConfig.SD15).keySet()) {
          writer
              .tensor(key + ".lora_down.weight", List.of(1L, 2L), new float[2], DType.F16)
              .tensor(key + ".lora_up.weight", List.of(2L, 1L), new float[2], DType.F16)
              .tensor(key + ".alpha", List.of(), new float[1], DType.F16);
        }
        writer.write(inner.resolve("lora" + i + ".safetensors"));
      }
    }

    /** Deletes the files. */
    @TearDown(Level.Trial)
    public void delete() throws IOException {
      try (Stream<Path> paths = Files.walk(folder)) {
        paths.sorted(Comparator.reverseOrder()).forEach(Loras::delete);
      }
    }

    private static void delete(Path path) {
      try {
        Files.delete(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A library that has been listed. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init")
  public static class Listed {
    LoraLibrary library;

    /** Lists the library for the first time. */
    @Setup(Level.Trial)
    public void list(Loras loras) {
      library = LoraLibrary.open(loras.folder);
      library.list();
    }
  }
}
