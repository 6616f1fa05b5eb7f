package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.families.checkpoint.FileKind;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.pipeline.make.tensors.Targets;
import dev.sdlora.tensors.file.OpenFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes the tensors of a source to a file, in another format or in their own, and measures how far
 * they are rounded. Use from one thread.
 */
final class WeightWriter implements AutoCloseable {
  private static final String GGUF = ".gguf";
  private static final String SAFETENSORS = ".safetensors";

  private final ConversionSource source;
  private final Optional<FileFormat> format;
  private final Path file;
  private final boolean gguf;
  private final OpenFiles files = new OpenFiles();
  private final PieceWorkers workers = new PieceWorkers(files);
  private final List<ConvertedTensor> tensors = new ArrayList<>();

  /**
   * Decides how each tensor is stored.
   *
   * @param format the format of the large weights; empty to keep the dtypes of the source
   * @param file a name with an {@linkplain #requireName extension} for the format
   * @throws IllegalArgumentException if the file is an input
   * @throws CheckpointException if the source cannot have the format
   */
  WeightWriter(ConversionSource source, Optional<FileFormat> format, Path file) {
    this.source = source;
    this.format = format;
    this.file = file;
    this.gguf = isGguf(file);
    Targets.requireOther(file, source.files());
    Optional<Architecture> architecture = source.architecture();
    if (format.isPresent() && format.get() != FileFormat.F16 && format.get() != FileFormat.BF16) {
      requireKnown(source, architecture);
    }
    if (gguf) {
      requireOriginal(source, architecture);
    }
    try {
      addTensors(new ConversionLayout(format, gguf, architecture, source.isWhole()));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void addTensors(ConversionLayout layout) {
    TargetNames names = TargetNames.of(source, layout);
    for (StoredTensor tensor : source.tensors()) {
      tensors.add(
          layout.of(
              tensor,
              names.of(tensor.name()),
              each -> {
                try {
                  return workers
                      .largest(each, PieceWorkers.stored(each, files), each.elements())[0];
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }));
    }
  }

  /**
   * Checks the name of a file to write.
   *
   * @throws IllegalArgumentException if files with its extension do not have the format
   */
  static void requireName(Path file, Optional<FileFormat> format) {
    String name = String.valueOf(file.getFileName());
    boolean gguf = isGguf(file);
    if (!gguf && !name.endsWith(SAFETENSORS)) {
      throw new IllegalArgumentException(
          "the file name must end in .gguf or .safetensors: " + file);
    }
    if (gguf && format.isEmpty()) {
      throw new IllegalArgumentException(
          "a .gguf file needs a format, such as q8_0; without one the file name must end in"
              + " .safetensors: "
              + file);
    }
    format.ifPresent(
        wanted -> {
          if (gguf ? !wanted.inGguf() : !wanted.inSafetensors()) {
            throw new IllegalArgumentException(
                "%s files do not have the format %s; the file name must end in %s: %s"
                    .formatted(
                        gguf ? "GGUF" : "safetensors",
                        wanted.label(),
                        gguf ? SAFETENSORS : GGUF,
                        file));
          }
        });
  }

  private static boolean isGguf(Path file) {
    return String.valueOf(file.getFileName()).endsWith(GGUF);
  }

  private static void requireKnown(ConversionSource source, Optional<Architecture> architecture) {
    Optional<FileDescription> kind =
        Files.isRegularFile(source.path()) && architecture.isEmpty()
            ? FileKind.recognise(source.path())
            : Optional.empty();
    if (architecture.isEmpty()) {
      throw new CheckpointException(
          "'%s' %s, expected a checkpoint, a denoiser or a text encoder to quantise; f16 and bf16 are possible"
              .formatted(
                  source.path(),
                  kind.map(FileDescription::note).orElse("has tensors of an unknown model")),
          ErrorDetails.in(source.path()));
    }
    if (Architecture.isLora(source.names())) {
      throw new CheckpointException(
          "'%s' is a LoRA, expected a checkpoint, a denoiser or a text encoder to quantise"
              .formatted(source.path()),
          ErrorDetails.in(source.path()));
    }
  }

  private static void requireOriginal(
      ConversionSource source, Optional<Architecture> architecture) {
    architecture
        .filter(known -> known.isDiffusers(source.names()))
        .ifPresent(
            known -> {
              throw new CheckpointException(
                  "'%s' has diffusers' names, which no program reads in GGUF files of '%s'; expected a file with the names of the original code, or a target that ends in .safetensors"
                      .formatted(source.path(), known.label()),
                  ErrorDetails.in(source.path()));
            });
  }

  /** Returns the tensors of the source in the order in which they are written. */
  List<StoredTensor> order() {
    // Safetensors files begin with the widest dtypes.
    return tensors.stream()
        .sorted(Comparator.comparingInt(tensor -> gguf ? 0 : -tensor.dtype().bytes()))
        .map(ConvertedTensor::source)
        .toList();
  }

  /**
   * Writes the file.
   *
   * @param changed values that differ from those of the source
   * @param listener called after each tensor
   */
  Written write(ChangedValues changed, MakingListener listener) {
    Progress progress = new Progress(changed, listener);
    if (gguf) {
      new GgufTarget(source, format.orElseThrow(), progress).write(file, tensors);
    } else {
      new SafetensorsTarget(source, progress).write(file, tensors);
    }
    return progress.result();
  }

  /** Waits for the pieces that are being read. */
  @Override
  public void close() {
    workers.close();
    files.close();
  }

  /**
   * A written file.
   *
   * @param changeError the rounding errors of tensors with changed values, relative to the changes;
   *     0 if there are none
   */
  record Written(ConvertedWeights weights, double changeError) {}

  /** Writes tensors, and counts them and their errors. */
  final class Progress {
    private final ChangedValues changed;
    private final MakingListener listener;
    private final Map<String, Long> bytes = new TreeMap<>();
    private final Set<String> widened = new TreeSet<>();
    private RoundingError sum = RoundingError.NONE;
    private double worstError;
    private String worst = "";
    private double changes;
    private double errorsOfChanged;
    private int done;

    Progress(ChangedValues changed, MakingListener listener) {
      this.changed = changed;
      this.listener = listener;
    }

    /** Returns the largest magnitude of each group of values. */
    float[] largest(ConvertedTensor tensor) throws IOException {
      PieceWorkers.Values values =
          changed
              .of(tensor.source())
              .map(PieceWorkers::held)
              .orElseGet(() -> PieceWorkers.stored(tensor.source(), files));
      return workers.largest(tensor.source(), values, tensor.group());
    }

    /** Writes a tensor. */
    void write(ConvertedTensor tensor, WeightEncoding encoding, WritableByteChannel channel)
        throws IOException {
      StoredTensor stored = tensor.source();
      Optional<float[]> others = changed.of(stored);
      if (others.isPresent()) {
        RoundingError error =
            workers.write(stored, PieceWorkers.held(others.get()), encoding, channel);
        changes += workers.squaredDistance(stored, others.get());
        errorsOfChanged += error.errors();
        if (!tensor.isCopied() || error.errors() > 0) {
          add(tensor, error);
        }
      } else if (tensor.isCopied()) {
        stored.writeTo(channel, files, tensor.dtype());
      } else {
        add(tensor, workers.write(stored, PieceWorkers.stored(stored, files), encoding, channel));
      }
      if (!encoding.isQuantised()) {
        stored.lowBits().ifPresent(widened::add);
      }
      bytes.merge(encoding.label(), encoding.bytes(stored.elements()), Long::sum);
      listener.done(++done, tensors.size(), tensor.name());
    }

    private void add(ConvertedTensor tensor, RoundingError error) {
      sum = sum.plus(error);
      if (error.relative() > worstError) {
        worstError = error.relative();
        worst = tensor.name();
      }
    }

    Written result() {
      Map<String, Long> largestFirst = new LinkedHashMap<>();
      bytes.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .forEach(entry -> largestFirst.put(entry.getKey(), entry.getValue()));
      return new Written(
          new ConvertedWeights(file, largestFirst, sum.rms(), worstError, worst, widened),
          changes == 0 ? 0 : Math.sqrt(errorsOfChanged / changes));
    }
  }
}
