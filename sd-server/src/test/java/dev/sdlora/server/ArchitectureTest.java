package dev.sdlora.server;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** The arrows between the packages of the server, and from it to others. */
@AnalyzeClasses(packages = "dev.sdlora.server", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** What any application could ask for. */
  @ArchTest
  static final ArchRule STANDS_ON_THE_PUBLIC_API =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("dev.sdlora.server..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.sdlora.pipeline..", "dev.sdlora.lora..", "dev.sdlora.tensors..");

  /** Jobs are the same, whoever asks for them. */
  @ArchTest
  static final ArchRule INTERFACES_DO_NOT_KNOW_EACH_OTHER =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("dev.sdlora.server.sdapi..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.sdlora.server.openai..", "dev.sdlora.server.jobs..");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
