package dev.sdlora.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.models.DownloadException.Reason;
import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.Percent;
import dev.sdlora.models.web.Web;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Downloads files and diffusers folders from Hugging Face into its cache. Safe for use by several
 * threads.
 */
final class Hub {
  private final Web web;
  private final Downloads downloads;
  private final StoreSettings settings;

  Hub(Web web, Downloads downloads, StoreSettings settings) {
    this.web = web;
    this.downloads = downloads;
    this.settings = settings;
  }

  /**
   * The metadata that the site sends about a file without its content.
   *
   * @param commit the current commit of the revision
   * @param etag the etag of the content
   * @param size the size in bytes
   */
  private record Facts(String commit, String etag, OptionalLong size) {
    /** The SHA-256, which is the etag of large files. */
    Optional<String> sha256() {
      return Optional.of(etag).filter(text -> text.matches("[0-9a-f]{64}"));
    }
  }

  /** Downloads the file that a reference refers to, or a folder with all files that are needed. */
  Path get(Reference.Hub reference) throws IOException, InterruptedException {
    return reference.file().isPresent()
        ? fileNamed(reference, reference.file().get())
        : folder(reference);
  }

  /** Downloads a file by its path, or by its name alone if only one folder has such a file. */
  private Path fileNamed(Reference.Hub reference, String name)
      throws IOException, InterruptedException {
    try {
      return file(reference, reference.revision(), name);
    } catch (DownloadException e) {
      Optional<String> path = name.contains("/") ? Optional.empty() : pathOf(reference, name, e);
      return file(reference, reference.revision(), path.orElseThrow(() -> e));
    }
  }

  /** Returns the path of the only file with a name. */
  private Optional<String> pathOf(Reference.Hub reference, String name, DownloadException missing)
      throws InterruptedException {
    List<String> files = List.of();
    try {
      if (missing.reason() == Reason.NOT_FOUND) {
        files = files(repository(reference));
      } else if (missing.reason() == Reason.OFFLINE) {
        HubCache cache = cache(reference);
        files = cache.commit(reference.revision()).map(cache::files).orElse(List.of());
      }
    } catch (IOException | DownloadException e) {
      missing.addSuppressed(e);
    }
    List<String> paths = files.stream().filter(file -> file.endsWith("/" + name)).toList();
    return paths.size() == 1 ? Optional.of(paths.get(0)) : Optional.empty();
  }

  private static List<String> files(JsonNode repository) {
    List<String> files = new ArrayList<>();
    repository.path("siblings").forEach(file -> files.add(file.path("rfilename").asText()));
    files.removeIf(name -> !SafeNames.isPath(name));
    return files;
  }

  private HubCache cache(Reference.Hub reference) {
    return new HubCache(settings.hubCache(), reference.repo(), settings.links());
  }

  private Path file(Reference.Hub reference, String revision, String name)
      throws IOException, InterruptedException {
    HubCache cache = cache(reference);
    Optional<Path> here = cache.commit(revision).flatMap(commit -> cache.find(commit, name));
    if (here.isPresent() && (HubCache.isCommit(revision) || settings.offline())) {
      return here.get();
    }
    requireOnline(reference, cache);
    URI address = address(reference, revision, name);
    Facts facts;
    try {
      facts = facts(reference, address);
    } catch (IOException e) {
      return here.orElseThrow(() -> e);
    }
    Optional<Path> known = cache.find(facts.commit(), name);
    if (known.isEmpty()) {
      downloads.fetch(
          new Transfer(
              name,
              address(reference, facts.commit(), name),
              settings.hubToken(),
              facts.size(),
              facts.sha256(),
              answer -> HubErrors.of(answer, reference.toString(), settings.hubToken())),
          cache.lock(facts.etag()),
          cache.partial(facts.etag()),
          cache.blob(facts.etag()));
    }
    cache.remember(revision, facts.commit());
    return known.orElseGet(() -> cache.name(facts.commit(), name, facts.etag()));
  }

  private void requireOnline(Reference.Hub reference, HubCache cache) {
    if (settings.offline()) {
      throw new DownloadException(
          Reason.OFFLINE,
          "'%s' is not in '%s', and the store is offline".formatted(reference, cache.cache()));
    }
  }

  private URI address(Reference.Hub reference, String revision, String file) {
    return URI.create(
        settings.hubEndpoint()
            + "/"
            + reference.repo()
            + "/resolve/"
            + Percent.encode(revision)
            + "/"
            + Percent.encodePath(file));
  }

  private Facts facts(Reference.Hub reference, URI address)
      throws IOException, InterruptedException {
    // Redirects are not followed: the site with the content sends no commit.
    Web.Question question = new Web.Question("HEAD", address, settings.hubToken(), Map.of(), false);
    try (Answer answer = web.ask(question)) {
      if (answer.status() >= 500) {
        throw new IOException("it answers " + answer.status());
      }
      if (answer.status() != Answer.OK && !answer.isRedirect()) {
        throw HubErrors.of(answer, reference.toString(), settings.hubToken());
      }
      String commit = answer.header("X-Repo-Commit").orElse("");
      String etag =
          answer
              .header("X-Linked-Etag")
              .or(() -> answer.header("ETag"))
              .orElse("")
              .replaceFirst("^W/", "")
              .replace("\"", "");
      OptionalLong size = answer.number("X-Linked-Size");
      if (!HubCache.isCommit(commit) || !HubCache.isName(etag)) {
        throw new DownloadException(
            Reason.WRONG_CONTENT,
            "%s sent no commit and content hash for '%s'; it is not a Hugging Face Hub, or a proxy changes its responses"
                .formatted(address.getHost(), reference));
      }
      return new Facts(
          commit, etag, size.isPresent() || answer.isRedirect() ? size : answer.length());
    }
  }

  private Path folder(Reference.Hub reference) throws IOException, InterruptedException {
    HubCache cache = cache(reference);
    Optional<Path> here = cache.commit(reference.revision()).flatMap(c -> whole(reference, c));
    if (here.isPresent() && (HubCache.isCommit(reference.revision()) || settings.offline())) {
      return here.get();
    }
    requireOnline(reference, cache);
    JsonNode repository;
    try {
      repository = repository(reference);
    } catch (IOException e) {
      return here.orElseThrow(() -> e);
    }
    String commit = repository.path("sha").asText();
    List<String> files = files(repository);
    if (!HubCache.isCommit(commit) || !files.contains(DiffusersFiles.INDEX)) {
      throw new DownloadException(
          Reason.NOT_FOUND,
          "'%s' is not a diffusers folder because it has no %s; specify one of its files: %s"
              .formatted(reference, DiffusersFiles.INDEX, weights(files)));
    }
    Path index = file(reference, commit, DiffusersFiles.INDEX);
    DiffusersFiles.Choice choice =
        DiffusersFiles.of(
            SiteJson.of(Files.readAllBytes(index), "'" + index + "'"), files, reference.variant());
    if (!choice.missing().isEmpty()) {
      throw new DownloadException(
          Reason.NOT_FOUND,
          "'%s' is incomplete; missing: %s"
              .formatted(reference, String.join(" and ", choice.missing())));
    }
    for (String file : choice.needed()) {
      file(reference, commit, file);
    }
    // Done last, so that offline processes do not take an incomplete folder for a complete one.
    cache.remember(reference.revision(), commit);
    return cache.snapshot(commit);
  }

  private static String weights(List<String> files) {
    List<String> weights =
        files.stream()
            .filter(file -> file.matches(".*\\.(safetensors|gguf|ckpt|bin|pt|pth)"))
            .toList();
    return weights.isEmpty()
        ? "it has no weight files"
        : String.join(", ", weights.subList(0, Math.min(weights.size(), 10)));
  }

  /** The folder of a commit, if it has all files that are needed. */
  private Optional<Path> whole(Reference.Hub reference, String commit) {
    HubCache cache = cache(reference);
    List<String> files = cache.files(commit);
    if (!files.contains(DiffusersFiles.INDEX)) {
      return Optional.empty();
    }
    Path index = cache.snapshot(commit).resolve(DiffusersFiles.INDEX);
    try {
      JsonNode json = SiteJson.of(Files.readAllBytes(index), "'" + index + "'");
      DiffusersFiles.Choice choice = DiffusersFiles.of(json, files, reference.variant());
      return Optional.of(cache.snapshot(commit)).filter(folder -> choice.missing().isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private JsonNode repository(Reference.Hub reference) throws IOException, InterruptedException {
    URI address =
        URI.create(
            settings.hubEndpoint()
                + "/api/models/"
                + reference.repo()
                + "/revision/"
                + Percent.encode(reference.revision()));
    try (Answer answer = web.ask(Web.Question.get(address, settings.hubToken()))) {
      if (answer.status() >= 500) {
        throw new IOException("it answers " + answer.status());
      }
      if (answer.status() != Answer.OK) {
        throw HubErrors.of(answer, reference.toString(), settings.hubToken());
      }
      return SiteJson.of(answer, "the list of files");
    }
  }
}
