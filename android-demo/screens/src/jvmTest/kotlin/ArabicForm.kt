package org.wayside.app

/** A form that somebody brought, in a language that is written from right to left. */
const val ARABIC_FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
  <h:head>
    <h:title>ملاحظة الوصول</h:title>
    <model>
      <itext>
        <translation lang="العربية (ar)">
          <text id="seen"><value>ما الذي شوهد عند الوصول؟</value></text>
          <text id="alone"><value>هل وصل الشخص وحده؟</value></text>
          <text id="yes"><value>نعم</value></text>
          <text id="no"><value>لا</value></text>
        </translation>
        <translation lang="English (en)">
          <text id="seen"><value>What was seen on arrival?</value></text>
          <text id="alone"><value>Did the person arrive alone?</value></text>
          <text id="yes"><value>Yes</value></text>
          <text id="no"><value>No</value></text>
        </translation>
      </itext>
      <instance>
        <data id="arrival" version="1">
          <alone/>
          <seen/>
        </data>
      </instance>
      <bind nodeset="/data/alone" type="select1"/>
      <bind nodeset="/data/seen" type="string"/>
    </model>
  </h:head>
  <h:body>
    <group appearance="field-list">
      <select1 ref="/data/alone">
        <label ref="jr:itext('alone')"/>
        <item><label ref="jr:itext('yes')"/><value>yes</value></item>
        <item><label ref="jr:itext('no')"/><value>no</value></item>
      </select1>
      <input ref="/data/seen">
        <label ref="jr:itext('seen')"/>
      </input>
    </group>
  </h:body>
</h:html>
"""
