package dev.sdlora.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.models.DownloadException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Downloads of single files from Hugging Face, with everything that can go wrong. */
final class HubTest {
  private static final byte[] CONTENT = HubSites.noise(300_000);
  private static final String SHA256 = HubSites.sha256(CONTENT);
  private static final String REFERENCE = "hf:owner/repo/sub/model.safetensors";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private HubSites sites;

  @BeforeEach
  void start() throws IOException {
    sites = new HubSites().large("sub/model.safetensors", CONTENT);
  }

  @AfterEach
  void stop() {
    sites.close();
  }

  private Path repo() {
    return folder.resolve("hub/models--owner--repo");
  }

  private Path get() {
    return sites.store(folder).build().get(REFERENCE);
  }

  private DownloadException failure() {
    return failure(sites.store(folder).build(), REFERENCE);
  }

  private static DownloadException failure(ModelStore store, String reference) {
    return catchThrowableOfType(DownloadException.class, () -> store.get(reference));
  }

  private void assertNothingHasItsName() {
    assertThat(repo().resolve("blobs").resolve(SHA256)).doesNotExist();
    assertThat(repo().resolve("snapshots")).doesNotExist();
  }

  @Test
  void get_file_liesAsHuggingFaceHubLaysIt() throws IOException {
    Path file = get();

    assertThat(file)
        .isEqualTo(repo().resolve("snapshots/" + HubSites.COMMIT + "/sub/model.safetensors"))
        .hasBinaryContent(CONTENT);
    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("../../../blobs/" + SHA256));
    assertThat(repo().resolve("refs/main")).hasContent(HubSites.COMMIT);
    assertThat(repo().resolve("blobs")).isDirectoryContaining("glob:**" + SHA256);
    try (Stream<Path> blobs = Files.list(repo().resolve("blobs"))) {
      assertThat(blobs).hasSize(1);
    }
  }

  @Test
  void get_redirectToAnotherHost_leavesTheTokenAtHome() {
    get();

    assertThat(sites.hub.asked)
        .isNotEmpty()
        .allMatch(asked -> asked.token().equals(Optional.of("Bearer " + HubSites.SECRET)));
    assertThat(sites.storage.asked).isNotEmpty().allMatch(asked -> asked.token().isEmpty());
  }

  @Test
  void get_otherPortOfTheSameHost_getsNoToken() {
    sites.resolved(
        "other",
        exchange -> {
          exchange.getResponseHeaders().add("Location", sites.storage.address() + "/x");
          exchange.sendResponseHeaders(307, -1);
        });

    assertThat(failure(sites.store(folder).build(), "hf:owner/repo/other").reason())
        .isEqualTo(Reason.WRONG_CONTENT); // This site sends no commit.
    assertThat(sites.storage.asked).isEmpty();
  }

  @Test
  void get_renamedRepository_isFollowedWithTheToken() {
    sites.hub.page(
        "/old/name/resolve/main/model.safetensors",
        Site.status(307, "Location", "/owner/repo/resolve/main/sub/model.safetensors"));
    sites.hub.page(
        "/old/name/resolve/" + HubSites.COMMIT + "/model.safetensors",
        Site.status(307, "Location", "/owner/repo/resolve/main/sub/model.safetensors"));

    Path file = sites.store(folder).build().get("hf:old/name/model.safetensors");

    assertThat(file).hasBinaryContent(CONTENT);
    assertThat(sites.hub.asked).allMatch(asked -> asked.token().isPresent());
  }

  @Test
  void get_again_bringsNothing() {
    get();
    int before = sites.hub.asked.size();

    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.hub.asked).hasSize(before + 1);
    assertThat(sites.storage.gets()).hasSize(1);
  }

  @Test
  void get_commitThatIsHere_asksNobody() {
    get();
    int before = sites.hub.asked.size();
    ModelStore store = sites.store(folder).build();

    store.get("hf:owner/repo@" + HubSites.COMMIT + "/sub/model.safetensors");

    assertThat(sites.hub.asked).hasSize(before);
  }

  @Test
  void get_offline_findsWhatIsHereAndSaysWhatIsNot() {
    Path file = get();
    int before = sites.hub.asked.size();
    ModelStore offline =
        sites.store(folder).environment(Map.of("HF_HUB_OFFLINE", "1"), folder).build();

    assertThat(offline.get(REFERENCE)).isEqualTo(file);
    DownloadException failure = failure(offline, "hf:owner/repo/other.safetensors");
    assertThat(failure.reason()).isEqualTo(Reason.OFFLINE);
    assertThat(failure).hasMessageContaining("and the store is offline");
    assertThat(sites.hub.asked).hasSize(before);
  }

  @Test
  void get_hubGone_findsWhatIsHere() {
    Path file = get();
    sites.hub.close();

    assertThat(get()).isEqualTo(file);
    DownloadException failure = failure(sites.store(folder).build(), "hf:owner/repo/other");
    assertThat(failure.reason()).isEqualTo(Reason.CONNECTION);
    assertThat(failure).hasMessageContaining("127.0.0.1 cannot be reached");
    assertThat(sites.pauses).isEmpty();
  }

  @Test
  void get_cutConnections_goOnWhereTheyEnded() {
    sites.storage.failing(Site.cut(CONTENT, 100_000)).failing(Site.cut(CONTENT, 200_000));

    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets()).hasSize(3).first().matches(asked -> asked.range().isEmpty());
    assertThat(sites.storage.gets().get(2).range()).isPresent();
    assertThat(sites.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
  }

  @Test
  void get_connectionsThatBringNothing_giveUpAndTheNextStoreGoesOn() {
    sites.storage.failing(Site.cut(CONTENT, 100_000));
    for (int i = 0; i < 5; i++) {
      sites.storage.failing(Site.cut(CONTENT, 0));
    }

    DownloadException failure = failure();
    int before = sites.storage.gets().size();

    assertThat(failure.reason()).isEqualTo(Reason.CONNECTION);
    assertNothingHasItsName();
    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets()).hasSize(before + 2);
    assertThat(sites.storage.gets().get(before + 1).range()).isPresent();
  }

  @Test
  void get_interrupt_keepsWhatHasComeForTheNextOne() {
    sites.storage.failing(Site.cut(CONTENT, 100_000));
    ModelStore store =
        sites
            .store(folder)
            .pause(
                time -> {
                  throw new InterruptedException();
                })
            .build();

    GenerationCancelledException cancelled =
        catchThrowableOfType(GenerationCancelledException.class, () -> store.get(REFERENCE));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(cancelled).hasMessageContaining("partial data is kept");
    assertNothingHasItsName();
    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets().get(1).range()).isPresent();
  }

  @Test
  void get_siteThatCannotGoOn_startsOver() {
    sites
        .storage
        .failing(Site.cut(CONTENT, 100_000))
        .failing(
            exchange -> {
              exchange.sendResponseHeaders(200, CONTENT.length);
              exchange.getResponseBody().write(CONTENT);
            });

    assertThat(get()).hasBinaryContent(CONTENT);
  }

  @Test
  void get_rangeRefused_startsOver() throws IOException {
    leave(Arrays.copyOf(CONTENT, 1000));
    sites.storage.failing(Site.status(416));

    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets().get(1).range()).isEmpty();
  }

  @Test
  void get_leftoversOfAnotherFile_areThrownAway() throws IOException {
    leave(HubSites.noise(1000));

    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets()).hasSize(2);
  }

  @Test
  void get_leftoversLongerThanTheFile_areThrownAway() throws IOException {
    leave(new byte[CONTENT.length + 1]);

    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets()).hasSize(1);
  }

  @Test
  void get_leftoversThatAreWhole_areUsed() throws IOException {
    leave(CONTENT);

    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets()).isEmpty();
  }

  private void leave(byte[] content) throws IOException {
    Files.createDirectories(repo().resolve("blobs"));
    Files.write(repo().resolve("blobs/" + SHA256 + ".sd-incomplete"), content);
  }

  @Test
  void get_otherContentThanTheEtagSays_isRefused() {
    byte[] other = CONTENT.clone();
    other[7]++;
    sites.storage.failing(Site.file(other));

    DownloadException failure = failure();

    assertThat(failure.reason()).isEqualTo(Reason.WRONG_CONTENT);
    assertThat(failure).hasMessageContaining("expected " + SHA256);
    assertNothingHasItsName();
    assertThat(get()).hasBinaryContent(CONTENT);
  }

  @Test
  void get_otherLengthThanSaid_isRefused() {
    sites.storage.failing(Site.file(Arrays.copyOf(CONTENT, 20)));

    DownloadException failure = failure();

    assertThat(failure.reason()).isEqualTo(Reason.WRONG_CONTENT);
    assertThat(failure)
        .hasMessage(
            "'sub/model.safetensors' was rejected: localhost offers a file of 20 bytes, expected"
                + " 300000");
    assertNothingHasItsName();
  }

  @Test
  void get_pageInsteadOfTheFile_isRefused() {
    sites.storage.failing(Site.text("text/html; charset=utf-8", "<html>Sign in</html>"));

    DownloadException failure = failure();

    assertThat(failure.reason()).isEqualTo(Reason.WRONG_CONTENT);
    assertThat(failure).hasMessageContaining("sent a web page (text/html) instead of the file");
    assertNothingHasItsName();
  }

  @Test
  void get_askedTooOften_waitsAsLongAsItIsTold() {
    sites
        .storage
        .failing(Site.status(429, "Retry-After", "7"))
        .failing(Site.status(503))
        .failing(Site.status(429, "Retry-After", "soon"));

    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.pauses)
        .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(2), Duration.ofSeconds(4));
  }

  @Test
  void get_toBeLeftAloneForAnHour_isTold() {
    sites.storage.failing(Site.status(429, "Retry-After", "3600"));

    DownloadException failure = failure();

    assertThat(failure.reason()).isEqualTo(Reason.CONNECTION);
    assertThat(failure).hasMessageContaining("try again in 3600 s");
    assertThat(sites.pauses).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "403, GatedRepo, NEEDS_TOKEN, accept their terms",
    "404, EntryNotFound, NOT_FOUND, has no such file",
    "404, RevisionNotFound, NOT_FOUND, 'no such branch, tag or commit'",
    "401, RepoNotFound, NOT_FOUND, 'no such repository, or it is private'",
    "401, '', NOT_FOUND, 'no such repository, or it is private'",
    "403, '', NEEDS_TOKEN, may lack permission",
    "404, '', NOT_FOUND, has no such file",
  })
  void get_refusal_isTold(int status, String code, Reason reason, String sentence) {
    sites.resolved("x", Site.status(status, "X-Error-Code", code));

    DownloadException failure = failure(sites.store(folder).build(), "hf:owner/repo/x");

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageStartingWith("cannot get 'hf:owner/repo/x': ");
    assertThat(failure).hasMessageContaining(sentence).hasMessageNotContaining(HubSites.SECRET);
  }

  @Test
  void get_tokenThatNobodyKnows_isTold() {
    sites.resolved(
        "x", Site.status(401, "X-Error-Message", "Invalid credentials in Authorization header"));

    assertThat(failure(sites.store(folder).build(), "hf:owner/repo/x"))
        .hasMessageContaining("rejected the token");
  }

  @ParameterizedTest
  @CsvSource({"../../../etc/x, " + HubSites.COMMIT, "abc, ../../x", "'', " + HubSites.COMMIT})
  void get_hostileNamesOfContents_areRefused(String etag, String commit) {
    sites.resolved("x", Site.status(200, "ETag", etag, "X-Repo-Commit", commit));

    assertThat(failure(sites.store(folder).build(), "hf:owner/repo/x").reason())
        .isEqualTo(Reason.WRONG_CONTENT);
    assertThat(folder.resolve("hub")).doesNotExist();
  }

  @Test
  void get_redirectThatDowngradesToPlainHttp_isRefused() {
    sites.resolved("x", Site.status(302, "Location", "http://example.com/x"));

    assertThat(failure(sites.store(folder).build(), "hf:owner/repo/x"))
        .hasMessageEndingWith(
            ": 127.0.0.1 redirects to 'http://example.com/x', which is not an HTTPS address");
  }

  @Test
  void get_manyAtOnce_bringOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Path>> wishes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        wishes.add(this::get);
      }
      for (Future<Path> file : threads.invokeAll(wishes)) {
        assertThat(file.get()).hasBinaryContent(CONTENT);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(sites.storage.gets()).hasSize(1);
  }

  private Process program() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            GettingProgram.class.getName(),
            sites.hub.address().toString(),
            folder.toString(),
            REFERENCE)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void get_afterAProcessThatWasKilled_goesOn() throws Exception {
    CountDownLatch killed = new CountDownLatch(1);
    sites.storage.failing(
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          exchange.getResponseBody().write(CONTENT, 0, 100_000);
          exchange.getResponseBody().flush();
          try {
            killed.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Process process = program();
    try (BufferedReader told = process.inputReader()) {
      assertThat(Long.parseLong(told.readLine())).isPositive();
      process.destroyForcibly().waitFor();
    }
    killed.countDown();

    assertNothingHasItsName();
    assertThat(get()).hasBinaryContent(CONTENT);
    assertThat(sites.storage.gets()).hasSize(2).last().matches(asked -> asked.range().isPresent());
  }

  @Test
  void get_interruptWhileItComes_isCancelled() {
    ModelStore store =
        sites.store(folder).listener(progress -> Thread.currentThread().interrupt()).build();

    GenerationCancelledException cancelled =
        catchThrowableOfType(GenerationCancelledException.class, () -> store.get(REFERENCE));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(cancelled).hasMessageStartingWith("getting '" + REFERENCE + "' was cancelled");
    assertNothingHasItsName();
    assertThat(get()).hasBinaryContent(CONTENT);
  }

  @Test
  void get_byTwoProcesses_bringsOne() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(program());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }

    assertThat(sites.storage.gets()).hasSize(1);
    assertThat(repo().resolve("blobs").resolve(SHA256)).hasBinaryContent(CONTENT);
  }

  @Test
  void get_withoutLinks_laysFiles() {
    Path file =
        sites
            .store(folder)
            .environment(Map.of("HF_HUB_DISABLE_SYMLINKS", "1"), folder)
            .build()
            .get(REFERENCE);

    assertThat(file).hasBinaryContent(CONTENT).isRegularFile();
    assertThat(Files.isSymbolicLink(file)).isFalse();
  }

  @Test
  void get_intoFolder_isThereToo() {
    Path file = sites.store(folder).build().get(REFERENCE, folder.resolve("models"));

    assertThat(file)
        .isEqualTo(folder.resolve("models/model.safetensors"))
        .hasBinaryContent(CONTENT);
    assertThat(Files.isSymbolicLink(file)).isFalse();
  }

  @Test
  void get_splitFileIntoFolder_goesToTheFolderOfItsPart() {
    sites.large("split_files/vae/ae.safetensors", CONTENT);
    ModelStore store = sites.store(folder).build();
    String reference = "hf:owner/repo/split_files/vae/ae.safetensors";

    Path models = folder.resolve("models");
    assertThat(store.get(reference, models)).isEqualTo(models.resolve("vae/ae.safetensors"));
    assertThat(store.get(reference, models.resolve("vae")))
        .isEqualTo(models.resolve("vae/ae.safetensors"))
        .hasBinaryContent(CONTENT);
  }

  @Test
  void get_fileByItsNameAlone_isFoundInTheOnlyFolderThatHasIt() {
    sites
        .large("split_files/vae/ae.safetensors", CONTENT)
        .large("a/twice.safetensors", CONTENT)
        .large("b/twice.safetensors", CONTENT)
        .listed();
    ModelStore store = sites.store(folder).build();

    Path file = store.get("hf:owner/repo/ae.safetensors");

    assertThat(file.toString().replace('\\', '/')).endsWith("split_files/vae/ae.safetensors");
    assertThat(sites.store(folder).offline(true).build().get("hf:owner/repo/ae.safetensors"))
        .isEqualTo(file);
    Path models = folder.resolve("models");
    assertThat(store.get("hf:owner/repo/ae.safetensors", models))
        .isEqualTo(models.resolve("vae/ae.safetensors"));
    assertThat(failure(store, "hf:owner/repo/twice.safetensors").reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void get_intoFolderWithAnotherFile_leavesIt() throws IOException {
    Path models = Files.createDirectory(folder.resolve("models"));
    Path mine = Files.writeString(models.resolve("model.safetensors"), "mine");
    ModelStore store = sites.store(folder).build();

    DownloadException failure =
        catchThrowableOfType(DownloadException.class, () -> store.get(REFERENCE, models));

    assertThat(failure.reason()).isEqualTo(Reason.STORAGE);
    assertThat(mine).hasContent("mine");
    Files.write(mine, CONTENT);
    assertThat(store.get(REFERENCE, models)).isEqualTo(mine);
  }

  @Test
  void build_tokenOfTheEnvironment_isCheckedAndNotTold() {
    ModelStore.Builder builder =
        ModelStore.builder().environment(Map.of("HF_TOKEN", "hf_a\nb"), folder);

    assertThat(catchThrowableOfType(IllegalArgumentException.class, builder::build))
        .hasMessageContaining("visible ASCII")
        .hasMessageNotContaining("hf_a");
  }

  @Test
  void get_folderThatIsAFile_isTold() throws IOException {
    Files.writeString(folder.resolve("hub"), "no folder");

    DownloadException failure = failure();

    assertThat(failure.reason()).isEqualTo(Reason.STORAGE);
    assertThat(failure).hasMessageContaining("cannot be written");
  }

  @Test
  void get_listener_isToldBytesSpeedAndTimeLeft() {
    List<ModelStore.Progress> told = new ArrayList<>();
    long[] seconds = {0};

    sites
        .store(folder)
        .listener(told::add)
        .nanoClock(() -> 1_000_000_000L * seconds[0]++)
        .build()
        .get(REFERENCE);

    ModelStore.Progress first = told.get(0);
    assertThat(first.name()).isEqualTo("sub/model.safetensors");
    assertThat(first.total()).isEqualTo(OptionalLong.of(300_000));
    assertThat(first.bytesPerSecond()).isEqualTo(first.bytes() / 1.0);
    assertThat(first.left())
        .hasValueSatisfying(
            left ->
                assertThat(left.toMillis() / 1000.0)
                    .isCloseTo((300_000.0 - first.bytes()) / first.bytes(), Offset.offset(0.001)));
    assertThat(told.get(told.size() - 1))
        .matches(last -> last.bytes() == 300_000 && last.left().equals(Optional.of(Duration.ZERO)));
  }

  @Test
  void get_throughProxy_asksIt() throws IOException {
    try (Site proxy = new Site()) {
      proxy.page(
          "/owner/repo/resolve/main/sub/x", Site.status(404, "X-Error-Code", "EntryNotFound"));
      ModelStore store =
          sites
              .store(folder)
              .proxy(
                  ProxySelector.of(
                      new InetSocketAddress(
                          InetAddress.getLoopbackAddress(), proxy.address().getPort())))
              .build();

      assertThat(failure(store, "hf:owner/repo/sub/x")).hasMessageContaining("has no such file");
      assertThat(proxy.asked).hasSize(1);
      assertThat(sites.hub.asked).isEmpty();
    }
  }

  @Test
  void environment_namesOfPythonTools_sayPlacesAndToken() throws IOException {
    Path token = Files.writeString(folder.resolve("secret"), "hf_file\n");
    StoreSettings.Environment environment =
        new StoreSettings.Environment(Map.of("HF_TOKEN_PATH", token.toString()), folder);
    StoreSettings.Environment named =
        new StoreSettings.Environment(
            Map.of("HF_HOME", "~/hf", "HF_TOKEN", "hf_env", "SDLORA_CACHE", "none"), folder);

    assertThat(environment.hubCache()).isEqualTo(folder.resolve(".cache/huggingface/hub"));
    assertThat(environment.hubToken()).contains("hf_file");
    assertThat(named.hubCache()).isEqualTo(folder.resolve("hf/hub"));
    assertThat(named.hubToken()).contains("hf_env");
    assertThat(named.folder()).isEqualTo(folder.resolve(".cache/sd-lora/models"));
    assertThat(named.endpoint("HF_ENDPOINT", "https://huggingface.co"))
        .isEqualTo(URI.create("https://huggingface.co"));
  }
}
