package dev.sdlora.infotext.recovery;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.Recovery.Kind;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.infotext.recovery.NamedFiles.Named;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.HashIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Finds the files that an image was made with. Loaded by {@link java.util.ServiceLoader}. */
public final class LocalRecoveries implements Backend.Recoveries {
  /** A name that is valid in a tag. */
  private static final Pattern IN_TAG = Pattern.compile("[^:<>=#]+");

  @Override
  public Recovery find(Recovery.Search search) {
    return new Run(search).find();
  }

  /** A running search. */
  private static final class Run {
    private final Recovery.Search search;
    private final PromptSpec spec;
    private final NamedFiles settings;
    private final Renaming renaming = new Renaming();
    private final List<Recovery.Item> found = new ArrayList<>();
    private final List<Recovery.Item> missing = new ArrayList<>();

    Run(Recovery.Search search) {
      this.search = search;
      this.spec = search.spec();
      this.settings = new NamedFiles(spec);
    }

    Recovery find() {
      ModelFolders models = ModelFolders.scan(search.checkpoints());
      if (!search.checkpoints().isEmpty()) {
        settings.checkpoint().ifPresent(file -> model(Kind.CHECKPOINT, file, models));
      }
      if (!search.vaes().isEmpty()) {
        settings.vae().ifPresent(file -> model(Kind.VAE, file, ModelFolders.scan(search.vaes())));
      }
      if (!search.checkpoints().isEmpty()) {
        settings.refiner().ifPresent(file -> model(Kind.REFINER, file, models));
      }
      search.loras().ifPresent(this::loras);
      search.embeddings().ifPresent(this::embeddings);
      return new Recovery(renaming.of(spec), found, missing);
    }

    private void model(Kind kind, Named file, ModelFolders folders) {
      add(
          kind,
          file,
          file.name().isEmpty() ? Optional.empty() : folders.byName(file.name()),
          folders::byHash);
    }

    /** Finds LoRAs. A file whose name resolves to another file cannot be used in a tag. */
    private void loras(LoraLibrary library) {
      for (String name : Renaming.lorasOf(spec)) {
        Optional<Path> named = path(library, name);
        Function<String, Optional<Path>> byHash =
            hash ->
                library
                    .findByHash(hash)
                    .filter(lora -> IN_TAG.matcher(lora.name()).matches())
                    .filter(lora -> path(library, lora.name()).equals(Optional.of(lora.path())))
                    .map(LoraAdapter::path);
        add(Kind.LORA, new Named(name, settings.lora(name)), named, byHash)
            .filter(file -> !named.equals(Optional.of(file)))
            .ifPresent(file -> renaming.lora(name, FolderTree.stem(file)));
      }
    }

    private static Optional<Path> path(LoraLibrary library, String name) {
      try {
        return Optional.of(library.find(name).path());
      } catch (LoraException e) {
        return Optional.empty(); // unknown, ambiguous or unusable: not the requested file
      }
    }

    private static Optional<Path> path(EmbeddingLibrary library, String name) {
      return library.list().stream()
          .filter(embedding -> embedding.name().equalsIgnoreCase(name))
          .map(Embedding::path)
          .reduce((first, last) -> last);
    }

    private void embeddings(EmbeddingLibrary library) {
      List<String> prompts = Renaming.prompts(spec).toList();
      settings
          .embeddings()
          .forEach(
              (name, hash) -> {
                if (prompts.stream().anyMatch(prompt -> Renaming.isIn(prompt, name))) {
                  embedding(library, new Named(name, Optional.of(hash)));
                }
              });
    }

    private void embedding(EmbeddingLibrary library, Named file) {
      Optional<Path> named = path(library, file.name());
      add(Kind.EMBEDDING, file, named, hash -> library.findByHash(hash).map(Embedding::path))
          .filter(path -> !named.equals(Optional.of(path)))
          .flatMap(path -> library.list().stream().filter(e -> e.path().equals(path)).findFirst())
          .ifPresent(embedding -> renaming.embedding(file.name(), embedding.name()));
    }

    /**
     * Adds a file to the found or missing ones.
     *
     * @param named the file with this name
     * @param byHash finds a file by its hash
     * @return the file, if found
     */
    private Optional<Path> add(
        Kind kind, Named file, Optional<Path> named, Function<String, Optional<Path>> byHash) {
      Optional<String> hash = file.hash().flatMap(HashIndex::digits);
      boolean right =
          hash.isEmpty()
              || named.filter(p -> HashIndex.ofProcess().matches(hash.get(), p)).isPresent();
      Optional<Path> path = right ? named : hash.flatMap(byHash);
      if (path.isPresent()) {
        found.add(new Recovery.Item(kind, file.name(), hash, path, Optional.empty()));
      } else {
        missing.add(new Recovery.Item(kind, file.name(), hash, Optional.empty(), named));
      }
      return path;
    }
  }
}
