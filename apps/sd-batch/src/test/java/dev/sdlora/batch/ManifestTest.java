package dev.sdlora.batch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The requests that a manifest makes. */
final class ManifestTest {

  static List<BatchRequest> read(String... lines) {
    return read(String.join("\n", lines).replace('\'', '"').getBytes(UTF_8));
  }

  private static List<BatchRequest> read(byte[] manifest) {
    return read(manifest, Manifest.Limits.USUAL);
  }

  private static List<BatchRequest> read(byte[] manifest, Manifest.Limits limits) {
    try {
      return Manifest.read(new ByteArrayInputStream(manifest), Optional.of("demo"), limits);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> settings(String... lines) {
    return read(lines).stream().map(request -> request.settings().replace('"', '\'')).toList();
  }

  private static String refusal(String line) {
    List<BatchRequest> requests = read(line);
    assertThat(requests).hasSize(1);
    return requests.get(0).error().orElseThrow();
  }

  @Test
  void settings_areComplete_underTheNamesOfA1111() {
    assertThat(
            settings(
                "{'sampler': 'Euler a', 'prompt': 'x', 'negative': 'y', 'size': '64x128', 'cfg':"
                    + " 7.0, 'clip-skip': 2, 'seed': 5, 'lora': 'ink', 'tiling': null}"))
        .containsExactly(
            "{'cfg_scale':7,'checkpoint':'demo','height':128,"
                + "'lora':[{'multiplier':1,'path':'ink'}],'negative_prompt':'y',"
                + "'override_settings':{'CLIP_stop_at_last_layers':2},'prompt':'x',"
                + "'sampler_name':'Euler a','seed':5,'width':64}");
  }

  @Test
  void line_thatLooksLikeUtf32_isRefusedAlone() {
    List<BatchRequest> requests = read("\0{'prompt': 'x'}", "{'prompt': 'y'}");
    assertThat(requests).hasSize(2);
    assertThat(requests.get(0).error().orElseThrow())
        .startsWith("line 1 of the manifest: it is not JSON: ");
    assertThat(requests.get(1).error()).isEmpty();
  }

  @Test
  void requests_ofTooMuchTextTogether_endTheManifest() {
    byte[] manifest =
        ("{\"prompt\": [\"a\", \"b\", \"c\"], \"init_images\": [[\"" + "x".repeat(400) + "\"]]}")
            .getBytes(UTF_8);
    Manifest.Limits limits = new Manifest.Limits(10, 10, 1000, 1500);
    assertThat(read(manifest, limits)).hasSize(3);
    assertThatThrownBy(() -> read(manifest, new Manifest.Limits(10, 10, 1000, 1200)))
        .isInstanceOf(BatchException.class)
        .hasMessageContaining("more than 1200 characters up to line 1");
  }

  /** The documentation promises that file names are the same in all versions. */
  @Test
  void id_ofARequest_isTheOneOnRecord() {
    assertThat(read("{'prompt': 'a red star', 'seed': 1, 'steps': 20}").get(0).id())
        .isEqualTo("21b3813bf6e7e8eacf9c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'prompt': 'x', 'seed': 1} | {'seed': 1.0, 'prompt': 'x', 'cfg': null}",
        "{'prompt': 'x', 'negative': 'y'} | {'negative_prompt': 'y', 'prompt': 'x'}",
        "{'prompt': 'x', 'size': '64x64'} | {'prompt': 'x', 'width': 64, 'height': 64}",
        "{'prompt': 'x'} | {'prompt': 'x', 'seed': -1}",
        "{'prompt': 'x', 'lora': ['a']} | {'prompt': 'x', 'loras': {'name': 'a', 'weight': 1.0}}",
        "{'prompt': 'x', 'cfg': 1e1} | {'prompt': 'x', 'cfgScale': 10, 'checkpoint': 'demo'}",
        "{'prompt': 'x'} | {'prompt': 'x', 'save_images': true, 'images': 1}",
      })
  void equalRequests_writtenDifferently_areOne(String line, String other) {
    assertThat(read(line, other)).hasSize(1);
    assertThat(read(line).get(0).id()).isEqualTo(read(other).get(0).id());
  }

  @Test
  void lists_makeAllCombinations_theLastChangesFirst() {
    assertThat(settings("{'prompt': ['a', 'b'], 'checkpoint': 'm', 'seed': [1, 2]}"))
        .containsExactly(
            "{'checkpoint':'m','prompt':'a','seed':1}",
            "{'checkpoint':'m','prompt':'a','seed':2}",
            "{'checkpoint':'m','prompt':'b','seed':1}",
            "{'checkpoint':'m','prompt':'b','seed':2}");
  }

  @Test
  void lists_byNature_areVariedByListsOfLists_andWithinTheirElements() {
    List<BatchRequest> requests =
        read(
            "{'prompt': 'x', 'seed': 1, 'lora': [['a'], [], ['b', {'path': 'c', 'weight': [0.5,"
                + " 1]}]]}");
    assertThat(requests)
        .extracting(BatchRequest::loras)
        .containsExactly(List.of("a:1"), List.of(), List.of("b:1", "c:0.5"), List.of("b:1", "c:1"));
    assertThat(read("{'prompt': 'x', 'styles': ['a', 'b']}")).hasSize(1);
  }

  @Test
  void images_areRequestsOfTheirOwn_withSeedsThatCountUp() {
    assertThat(settings("{'prompt': 'x', 'checkpoint': 'm', 'seed': 7, 'images': 3}"))
        .containsExactly(
            "{'checkpoint':'m','prompt':'x','seed':7}",
            "{'checkpoint':'m','prompt':'x','seed':8}",
            "{'checkpoint':'m','prompt':'x','seed':9}");
    assertThat(
            settings(
                "{'prompt': 'x', 'seed': 7, 'batch_size': 1, 'n_iter': 2, 'subseed': 3,"
                    + " 'subseed_strength': 0.1}"))
        .last()
        .asString()
        .contains("'seed':8", "'subseed':4");
  }

  @Test
  void line_whoseRequestsTogetherAreTooLong_isRefusedBeforeTheyAreMade() {
    String masks =
        IntStream.range(0, 300).mapToObj(i -> "'m%s': 'a'".formatted(i)).collect(joining(", "));
    String hundred =
        IntStream.rangeClosed(1, 100).mapToObj(Integer::toString).collect(joining(","));
    String line =
        "{'masks': {%s}, 'seed': [%s], 'steps': [%s], 'cfg': [1,2,3,4,5,6,7,8,9,10]}"
            .formatted(masks, hundred, hundred);
    String images = "{'masks': {%s}, 'images': 100000}".formatted(masks);
    Manifest.Limits limits = new Manifest.Limits(100_000, 100_000, 10_000, 1 << 20);
    for (String text : List.of(line, images)) {
      assertThatThrownBy(() -> read(text.replace('\'', '"').getBytes(UTF_8), limits))
          .isInstanceOf(BatchException.class)
          .hasMessageContaining("more than 1048576 characters up to line 1");
    }
  }

  @Test
  void seeds_thatCountUpToMinusOne_areRefused() {
    assertThat(refusal("{'prompt': 'x', 'seed': -3, 'images': 3}"))
        .contains("'seed' -3 with 3 images counts up to -1, which means a random seed");
    assertThat(refusal("{'prompt': 'x', 'subseed': -2, 'subseed_strength': 1, 'images': 2}"))
        .contains("'subseed' -2 with 2 images counts up to -1");
    assertThat(settings("{'prompt': 'x', 'seed': -3, 'images': 2}")).hasSize(2);
  }

  @Test
  void seed_leftOpen_comesFromTheSettings() {
    String open = settings("{'prompt': 'x', 'images': 2}").get(0);
    assertThat(settings("{'prompt': 'x', 'images': 2}").get(0)).isEqualTo(open);
    assertThat(settings("{'prompt': 'y', 'images': 2}").get(0).replace("'y'", "'x'"))
        .isNotEqualTo(open);
    assertThat(open).containsPattern("'seed':\\d+");
    assertThat(settings("{'prompt': 'x', 'subseed_strength': 0.5}").get(0)).contains("'subseed':");
  }

  @Test
  void seed_ofATextOfSettings_isKept() {
    String infotext = "a cat\\nSteps: 20, Variation seed: 9, Seed: 123, Size: 64x64";
    assertThat(settings("{'infotext': '" + infotext + "', 'images': 2}"))
        .last()
        .asString()
        .contains("'seed':124", "'subseed':10");
  }

  @Test
  void pictures_namedByTheirPaths_areReferencesToFiles() {
    assertThat(
            settings(
                "{'prompt': 'x', 'seed': 1, 'init': 'a b/photo.PNG', 'mask': 'file:m.jpg', 'masks':"
                    + " {'left': 'l.webp', 'top': '0,0,1,.5'}, 'alwayson_scripts': {'controlnet':"
                    + " {'args': [{'image': 'e.png', 'weight': [1, 0.5]}]}}}"))
        .hasSize(2)
        .first()
        .asString()
        .contains(
            "'init_images':['file:a b/photo.PNG']",
            "'mask':'file:m.jpg'",
            "'masks':{'left':'file:l.webp','top':'0,0,1,.5'}",
            "'image':'file:e.png','weight':1");
    assertThat(settings("{'prompt': 'x', 'init': ['iVBORw0KGgo=']}").get(0))
        .contains("['iVBORw0KGgo=']");
    assertThat(settings("{'prompt': 'x', 'references': ['a.png', 'b.png']}"))
        .singleElement()
        .asString()
        .contains("'reference_images':['file:a.png','file:b.png']");
    assertThat(settings("{'prompt': 'x', 'reference': 'a.png'}").get(0))
        .contains("'reference_images':['file:a.png']");
  }

  @Test
  void detailPasses_areAList_inAnySpelling_andPartOfTheRequest() {
    String pass = "[{'detector': 'face', 'labels': ['a', 'b'], 'confidence': [0.3, 0.50]}]";
    String request = "{'prompt': 'x', 'seed': 1, 'detailPasses': " + pass + "}";
    List<String> settings = settings(request);
    assertThat(settings)
        .hasSize(2)
        .first()
        .asString()
        .contains("'detailPasses':[{'confidence':0.3,'detector':'face','labels':['a','b']}]");
    assertThat(settings(request.replace("detailPasses", "detail_passes"))).isEqualTo(settings);
    assertThat(settings(request.replace("detailPasses", "detail-passes"))).isEqualTo(settings);
    assertThat(read(request)).extracting(BatchRequest::id).doesNotHaveDuplicates();
    assertThat(settings("{'seed': 1, 'detail_passes': [[], [{'detector': 'face'}]]}"))
        .satisfiesExactly(
            without -> assertThat(without).contains("'detailPasses':[]"),
            with -> assertThat(with).contains("'detailPasses':[{'detector':'face'}]"));
    assertThat(
            settings(
                "{'seed': 1, 'alwayson_scripts': {'ADetailer': {'args': [true, false,"
                    + " {'ad_model': 'face', 'ad_confidence': [0.3, 0.5]}]}}}"))
        .hasSize(2)
        .first()
        .asString()
        .contains("'args':[true,false,{'ad_confidence':0.3,'ad_model':'face'}]");
  }

  @Test
  void defaults_holdForLinesBehindThem_untilOthersCome() {
    assertThat(
            settings(
                "{'prompt': 'x', 'seed': 1}",
                "{'defaults': {'checkpoint': 'm', 'steps': 5, 'width': 8}}",
                "",
                "{'prompt': 'x', 'seed': 1, 'steps': null}",
                "{'defaults': {'checkpoint': 'm', 'size': '64x128'}}",
                "{'prompt': 'x', 'seed': 1, 'width': 32}"))
        .containsExactly(
            "{'checkpoint':'demo','prompt':'x','seed':1}",
            "{'checkpoint':'m','prompt':'x','seed':1,'width':8}",
            "{'checkpoint':'m','height':128,'prompt':'x','seed':1,'width':32}");
  }

  @Test
  void idsGiven_nameFiles_numberedWhereThereAreSeveral() {
    assertThat(read("{'id': 'cat', 'prompt': 'x'}", "{'id': 7, 'prompt': 'x', 'seed': [1, 2]}"))
        .extracting(BatchRequest::file)
        .containsExactly("cat.png", "7-1.png", "7-2.png");
  }

  @Test
  void idsGiven_twice_keepTheFirst() {
    List<BatchRequest> requests =
        read(
            "{'id': 'cat', 'prompt': 'x', 'seed': 1}",
            "{'id': 'Cat', 'prompt': 'y', 'seed': 1}",
            "{'id': 'cat', 'prompt': 'x', 'seed': 1.0}");
    assertThat(requests).hasSize(2);
    assertThat(requests.get(0).error()).isEmpty();
    assertThat(requests.get(1).error())
        .contains("line 2 of the manifest: the id 'Cat' is already used by the request in line 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'promt': 'x'}                    | unknown setting 'promt'; did you mean 'prompt'?",
        "{'zzzzzz': 'x'}                   | unknown setting 'zzzzzz'",
        "{'cfg': 1, 'cfg_scale': 2}        | 'cfg_scale' is given twice, once as 'cfg_scale'",
        "{'prompt': 'x', 'prompt': 'y'}    | it is not JSON: Duplicate field 'prompt'",
        "[1]                               | it must be a JSON object",
        "{'prompt': 'x'} {}                | it is not JSON: Trailing token",
        "{'prompt': 'x'                    | it is not JSON: Unexpected end-of-input: expected close"
            + " marker for Object (opened at column 1) (column 15)",
        "{'prompt': []}                    | the list of 'prompt' has no values",
        "{'prompt': [['x']]}               | 'prompt' has a nested list",
        "{'lora': [['x'], 'y']}            | 'lora' must be a list, or a list of lists",
        "{'lora': [[['x']]]}               | 'lora' has lists nested three deep",
        "{'lora': [{'multiplier': 1}]}     | each LoRA must have a 'path'",
        "{'lora': 5}                       | each LoRA must be a name, or an object",
        "{'lora': {'path': 'x', 'w': 1}}   | a LoRA has unknown field 'w'; expected 'path' and"
            + " 'multiplier'",
        "{'size': '65x64'}                 | width must be a positive multiple of 8: 65",
        "{'seed': 1.5}                     | 'seed' must be a whole number: 1.5",
        "{'seed': 'x'}                     | 'seed' must be a whole number: 'x'",
        "{'seed': 1e999999999}             | 'seed' must be a whole number",
        "{'images': 0}                     | 'images' must be from 1 to 100000: 0",
        "{'images': 1000, 'n_iter': 1000}  | it requests 1000000 images",
        "{'id': '../x'}                    | 'id' must be a file name",
        "{'id': 'con'}                     | 'id' must be a file name",
        "{'id': 'x.'}                      | 'id' must be a file name",
        "{'id': '0123456789abcdef0123'}    | the 'id' is the hash of another request",
        "{'defaults': {}, 'prompt': 'x'}   | a line of 'defaults' must be",
        "{'defaults': {'id': 'x'}}         | 'defaults' cannot have an 'id'",
      })
  void mistake_isToldWithItsLine_andTheOthersAreRead(String line, String sentence) {
    assertThat(refusal(line).replace('"', '\''))
        .startsWith("line 1 of the manifest: ")
        .contains(sentence);
    assertThat(read(line, "{'prompt': 'x'}"))
        .extracting(request -> request.error().isPresent())
        .containsExactly(true, false);
  }

  @Test
  void lists_ofTooManyCombinations_areRefusedBeforeTheyAreMade() {
    String many = "[" + "1, ".repeat(999) + "1]";
    assertThat(refusal("{'seed': %1$s, 'steps': %1$s, 'cfg': %1$s}".formatted(many)))
        .contains("its lists make more than 100000 requests");
  }

  @Test
  void limits_areThoseOfRequests_andOfBytes() {
    byte[] manifest = "{\"seed\": [1, 2, 3]}\n{\"seed\": 4}\n".getBytes(UTF_8);
    assertThat(read(manifest, new Manifest.Limits(4, 3, 20, 1000))).hasSize(4);
    assertThatThrownBy(() -> read(manifest, new Manifest.Limits(3, 3, 20, 1000)))
        .isInstanceOf(BatchException.class)
        .hasMessageContaining("more than 3 images up to line 2");
    assertThat(read(manifest, new Manifest.Limits(4, 3, 18, 1000)).get(0).error())
        .contains("line 1 of the manifest: it has 19 bytes; the limit of a line is 18");
  }

  @Test
  void bytes_thatAreNoText_areOneBadLine() {
    byte[] manifest = "\ufeff{\"prompt\": \"x\"}\r\n?\r\n\r\n{\"prompt\": \"y\"}".getBytes(UTF_8);
    manifest[new String(manifest, ISO_8859_1).indexOf('?')] = (byte) 0xff;
    assertThat(read(manifest))
        .extracting(request -> request.error().orElse("fine"))
        .containsExactly("fine", "line 2 of the manifest: it is not UTF-8", "fine");
  }

  @Test
  void lines_eachReadAlone_makeTheRequestsOfTheManifest() {
    String manifest =
        """
        {"prompt": "a ring", "cfg": 3}
        {"defaults": {"size": "64x64", "negative": "a moon", "steps": [2, 3]}}
        {"prompt": "a star", "seed": 1, "width": 128}

        {"prompt": "a heart", "lora": [[], ["ink"]], "negative": null, "nobody": 1}
        {"id": "given", "prompt": "a heart", "images": 2}
        """;
    List<BatchRequest> whole = read(manifest);
    List<BatchRequest> alone =
        BatchRequest.lines(new ByteArrayInputStream(manifest.getBytes(UTF_8))).stream()
            .flatMap(line -> BatchRequest.readLine(line, Optional.of("demo")).stream())
            .toList();
    assertThat(alone)
        .extracting(BatchRequest::id)
        .isEqualTo(whole.stream().map(BatchRequest::id).toList())
        .hasSize(8);
    assertThat(alone)
        .extracting(BatchRequest::settings)
        .isEqualTo(whole.stream().map(BatchRequest::settings).toList());
    assertThat(alone.get(3).error()).get().asString().contains("unknown setting 'nobody'");
    assertThat(BatchRequest.readLine("{\"defaults\": {}}", Optional.empty()))
        .singleElement()
        .satisfies(
            request ->
                assertThat(request.error())
                    .hasValue(
                        "a line of 'defaults' is only allowed in a manifest with more lines"));
  }
}
