package dev.sdlora.server.cluster;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.server.cluster.NeededFiles.Kind;
import dev.sdlora.server.cluster.NeededFiles.NeededFile;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.shared.Submission;
import dev.sdlora.server.job.store.RequiredFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the files that requests need, at a front that has them. */
public final class RequestFiles {
  private static final Pattern LORA = Pattern.compile("<(?:lora|lyco):([^:<>]{1,300})[^<>]*>");

  private final RequestContext requestContext;
  private final Map<Path, NeededFile> files = new LinkedHashMap<>();
  private final FilesApi published;

  private RequestFiles(RequestContext requestContext, FilesApi published) {
    this.requestContext = requestContext;
    this.published = published;
  }

  /**
   * Finds the files of a request and publishes them.
   *
   * @throws Refusal if the request needs files of a kind that workers cannot get
   * @throws dev.sdlora.api.error.StableDiffusionException if a file cannot be read
   */
  public static RequiredFiles of(Submission submission, FilesApi published) {
    RequestFiles found = new RequestFiles(submission.requestContext(), published);
    NeededFiles all = found.all(submission);
    String hash =
        all.files().stream()
            .filter(file -> file.kind() == Kind.CHECKPOINT)
            .map(NeededFile::sha256)
            .findFirst()
            .orElse("");
    return new RequiredFiles(hash, all.json());
  }

  private NeededFiles all(Submission submission) {
    Checkpoint checkpoint = requestContext.pipeline().checkpoint();
    CheckpointParts parts = checkpoint.parts();
    checkpoint(checkpoint);
    checkpoint.vae().ifPresent(file -> add(Kind.VAE, file));
    parts.textEncoder().ifPresent(file -> add(Kind.TEXT_ENCODER, file));
    parts.textEncoder2().ifPresent(file -> add(Kind.TEXT_ENCODER_2, file));
    parts.textEncoder3().ifPresent(file -> add(Kind.TEXT_ENCODER_3, file));
    Set<String> texts = new LinkedHashSet<>();
    for (PromptSpec spec : submission.specs()) {
      requireSupported(spec);
      texts(spec).forEach(texts::add);
      spec.loras().forEach(lora -> add(Kind.LORA, lora.path()));
      spec.controlUnits().forEach(unit -> add(Kind.CONTROL, unit.network()));
      spec.hiresFix().map(HiresFix::upscaler).ifPresent(each -> upscaler(each.name()));
    }
    boolean lenient = submission.specs().stream().anyMatch(spec -> spec.lenient().orElse(false));
    texts.forEach(text -> loras(text, lenient));
    embeddings(texts);
    return new NeededFiles(
        parts.variant().orElse(null),
        parts.ema(),
        parts.distilled().orElse(null),
        List.copyOf(files.values()));
  }

  private static Stream<String> texts(PromptSpec spec) {
    Stream<String> hires =
        spec.hiresFix().stream()
            .flatMap(each -> Stream.of(each.prompt(), each.negativePrompt()))
            .flatMap(Optional::stream);
    Stream<String> styles =
        spec.promptOptions().styles().stream()
            .flatMap(style -> Stream.of(style.prompt(), style.negativePrompt()));
    return Stream.of(Stream.of(spec.prompt(), spec.negativePrompt()), hires, styles)
        .flatMap(each -> each);
  }

  private static void requireSupported(PromptSpec spec) {
    List<String> unsupported = new ArrayList<>();
    if (texts(spec).anyMatch(text -> text.contains("<hypernet:"))) {
      unsupported.add("hypernetworks");
    }
    if (!spec.imagePrompts().isEmpty()) {
      unsupported.add("IP-Adapters");
    }
    if (!spec.detailPasses().isEmpty()) {
      unsupported.add("detail passes");
    }
    if (spec.refinerSwitch().isPresent()) {
      unsupported.add("refiners");
    }
    if (spec.controlUnits().stream()
        .map(ControlUnit::preprocessor)
        .anyMatch(each -> each.directory().isPresent())) {
      unsupported.add("preprocessors with networks");
    }
    if (!unsupported.isEmpty()) {
      throw new Refusal(
          501,
          "this server is a front, whose workers cannot draw with %s"
              .formatted(String.join(" and ", unsupported)));
    }
  }

  private void checkpoint(Checkpoint checkpoint) {
    Path path = checkpoint.path().toAbsolutePath();
    if (!Files.isDirectory(path)) {
      add(Kind.CHECKPOINT, path);
      return;
    }
    Path parent = path.getParent();
    try (Stream<Path> inside = Files.walk(path)) {
      for (Path file : inside.filter(Files::isRegularFile).sorted().toList()) {
        String name = (parent == null ? file : parent.relativize(file)).toString();
        add(Kind.CHECKPOINT, name.replace('\\', '/'), file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void loras(String text, boolean lenient) {
    Matcher tags = LORA.matcher(text);
    while (tags.find()) {
      String name = tags.group(1).strip();
      try {
        LoraAdapter lora = requestContext.pipeline().loras().find(name);
        add(Kind.LORA, lora.path());
      } catch (dev.sdlora.api.error.LoraException e) {
        if (!lenient) {
          throw e;
        }
      }
    }
  }

  private void embeddings(Set<String> texts) {
    String all = String.join("\n", texts).toLowerCase(Locale.ROOT);
    for (Embedding embedding : requestContext.pipeline().embeddings().list()) {
      if (all.contains(embedding.name().toLowerCase(Locale.ROOT))) {
        add(Kind.EMBEDDING, embedding.path());
      }
    }
  }

  private void upscaler(String name) {
    Path file = requestContext.upscalers().get(name);
    if (file != null) {
      add(Kind.UPSCALER, file);
    }
  }

  private void add(Kind kind, Path file) {
    add(kind, String.valueOf(file.getFileName()), file);
  }

  private void add(Kind kind, String name, Path file) {
    Path path = file.toAbsolutePath();
    if (files.containsKey(path)) {
      return;
    }
    if (!Files.isRegularFile(path)) {
      throw new Refusal(
          501, "this server is a front, whose workers cannot get the folder '%s'".formatted(name));
    }
    try {
      String sha256 = Hashes.sha256(path);
      files.put(path, new NeededFile(kind, name, sha256, Files.size(path)));
      published.publish(sha256, path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
