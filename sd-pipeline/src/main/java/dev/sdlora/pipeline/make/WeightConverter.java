package dev.sdlora.pipeline.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.api.spi.MakingBackend.ConvertWeights;
import dev.sdlora.pipeline.checkpoint.FileKind;
import dev.sdlora.tensors.file.OpenFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Implements {@link WeightConversion}. */
final class WeightConverter {
  private static final String GGUF = ".gguf";
  private static final String SAFETENSORS = ".safetensors";

  private final ConvertWeights task;

  WeightConverter(ConvertWeights task) {
    this.task = task;
  }

  ConvertedWeights write(Path file, MakingListener listener) {
    boolean gguf = isGguf(file);
    Targets.requireOther(file, List.of(task.input()));
    ConversionSource source = ConversionSource.of(task.input());
    Targets.requireOther(file, source.files());
    Optional<Architecture> architecture = source.architecture();
    if (task.format() != FileFormat.F16 && task.format() != FileFormat.BF16) {
      requireKnown(source, architecture);
    }
    if (gguf) {
      requireOriginal(source, architecture);
    }
    ConversionLayout layout =
        new ConversionLayout(task.format(), gguf, architecture, source.isWhole());
    try (OpenFiles files = new OpenFiles();
        PieceWorkers workers = new PieceWorkers(files)) {
      List<ConvertedTensor> tensors = tensors(source, layout, workers);
      Progress progress = new Progress(workers, files, tensors.size(), listener);
      if (gguf) {
        new GgufTarget(source, task.format(), progress).write(file, tensors);
      } else {
        new SafetensorsTarget(source, progress).write(file, tensors);
      }
      return progress.result(file);
    }
  }

  private boolean isGguf(Path file) {
    String name = String.valueOf(file.getFileName());
    boolean gguf = name.endsWith(GGUF);
    FileFormat format = task.format();
    if (!gguf && !name.endsWith(SAFETENSORS)) {
      throw new IllegalArgumentException(
          "the file name must end in .gguf or .safetensors: " + file);
    }
    if (gguf ? !format.inGguf() : !format.inSafetensors()) {
      throw new IllegalArgumentException(
          "%s files do not have the format %s; the file name must end in %s: %s"
              .formatted(
                  gguf ? "GGUF" : "safetensors", format.label(), gguf ? SAFETENSORS : GGUF, file));
    }
    return gguf;
  }

  private void requireKnown(ConversionSource source, Optional<Architecture> architecture) {
    Optional<FileDescription> kind =
        Files.isRegularFile(task.input()) && architecture.isEmpty()
            ? FileKind.recognise(task.input())
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

  private static List<ConvertedTensor> tensors(
      ConversionSource source, ConversionLayout layout, PieceWorkers workers) {
    TargetNames names = TargetNames.of(source, layout);
    List<ConvertedTensor> tensors = new ArrayList<>();
    for (StoredTensor tensor : source.tensors()) {
      tensors.add(
          layout.of(
              tensor,
              names.of(tensor.name()),
              each -> {
                try {
                  return workers.largest(each, each.elements())[0];
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }));
    }
    return tensors;
  }

  /** Writes tensors, and counts them and their errors. */
  static final class Progress {
    private final PieceWorkers workers;
    private final OpenFiles files;
    private final int total;
    private final MakingListener listener;
    private final Map<String, Long> bytes = new TreeMap<>();
    private RoundingError sum = RoundingError.NONE;
    private double worstError;
    private String worst = "";
    private int done;

    Progress(PieceWorkers workers, OpenFiles files, int total, MakingListener listener) {
      this.workers = workers;
      this.files = files;
      this.total = total;
      this.listener = listener;
    }

    /** Returns the largest magnitude of each group of values. */
    float[] largest(ConvertedTensor tensor) throws IOException {
      return workers.largest(tensor.source(), tensor.group());
    }

    /** Writes a tensor. */
    void write(ConvertedTensor tensor, WeightEncoding encoding, WritableByteChannel channel)
        throws IOException {
      if (tensor.isCopied()) {
        tensor.source().writeTo(channel, files, tensor.dtype());
      } else {
        RoundingError error = workers.write(tensor.source(), encoding, channel);
        sum = sum.plus(error);
        if (error.relative() > worstError) {
          worstError = error.relative();
          worst = tensor.name();
        }
      }
      long elements = tensor.source().elements();
      bytes.merge(encoding.label(), encoding.bytes(elements), Long::sum);
      listener.done(++done, total, tensor.name());
    }

    ConvertedWeights result(Path file) {
      Map<String, Long> largestFirst = new LinkedHashMap<>();
      bytes.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .forEach(entry -> largestFirst.put(entry.getKey(), entry.getValue()));
      return new ConvertedWeights(file, largestFirst, sum.rms(), worstError, worst);
    }
  }
}
